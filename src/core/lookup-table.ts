/**
 * The functions that templates may ask unless a setting says otherwise: those that only look, and cause no events (a
 * rule that watches those would set itself off). What is not here is asked when the operator allows it. `runner.` and `wheel.` are what `saltutil.runner` and `saltutil.wheel` name.
 */
export const readOnlyLookups: readonly string[] = [
  'disk.usage',
  'dnsutil.A',
  'dnsutil.AAAA',
  'file.directory_exists',
  'file.file_exists',
  'file.get_hash',
  'file.path_exists_glob',
  'file.read',
  'file.stats',
  'grains.ls',
  'group.info',
  'hosts.get_ip',
  'http.query',
  'mine.get',
  'network.get_fqdn',
  'network.get_hostname',
  'network.hw_addr',
  'network.interface_ip',
  'network.interfaces',
  'network.ip_addrs',
  'network.ip_addrs6',
  'network.ipaddrs',
  'network.ipaddrs6',
  'network.subnets',
  'pkg.list_pkgs',
  'pkg.version',
  'saltutil.running',
  'saltutil.find_job',
  'sdb.get',
  'service.available',
  'service.enabled',
  'service.get_all',
  'service.status',
  'status.*',
  'sys.*',
  'test.version',
  'test.versions',
  'user.info',
  'user.list_users',
  'runner.cache.grains',
  'runner.cache.mine',
  'runner.cache.pillar',
  'runner.doc.*',
  'runner.http.query',
  'runner.jobs.exit_success',
  'runner.jobs.last_run',
  'runner.jobs.list_job',
  'runner.jobs.list_jobs',
  'runner.jobs.lookup_jid',
  'runner.jobs.print_job',
  'runner.manage.*',
  'runner.mine.get',
  'runner.reactor.list',
  'runner.sdb.get',
  'runner.test.arg',
  'wheel.key.finger',
  'wheel.key.list',
  'wheel.key.list_all',
  'wheel.key.name_match',
];

/** Functions that every Salt has and that templates ask `'…' in salt` for, though they act. */
const acting: ReadonlySet<string> = new Set([
  'cmd.retcode',
  'cmd.run',
  'cmd.run_all',
  'cmd.run_stderr',
  'cmd.run_stdout',
  'cmd.script',
  'cmd.shell',
  'event.send',
  'saltutil.runner',
  'saltutil.wheel',
]);

const plainNames = new Set(readOnlyLookups.filter((name) => !/\*|^(?:runner|wheel)\./.test(name)));

/** Whether `salt` has the function in a template's eyes; whether it may be asked is another question. */
export function isWellKnown(fun: string): boolean {
  return plainNames.has(fun) || acting.has(fun);
}
