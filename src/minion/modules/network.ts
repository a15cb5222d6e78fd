import { addressesIn, type Value } from '../../core/index.ts';
import type { Arguments } from './arguments.ts';
import { InvalidArguments } from './errors.ts';
import type { Call, MinionFunction, MinionModule } from './types.ts';

const parameters = 'interface=None, include_loopback=False, cidr=None, type=None';

/** The host's names and addresses, as its grains have them. */
export const networkModule: MinionModule = {
  get_fqdn: { signature: '', doc: "The host's full name.", run: (_args, call) => named(call, 'fqdn') },
  get_hostname: { signature: '', doc: "The host's name.", run: (_args, call) => named(call, 'nodename') },
  ip_addrs: addresses(4, 'The IPv4 addresses, of one interface or of all, without loopback.'),
  ip_addrs6: addresses(6, 'The IPv6 addresses, of one interface or of all, without loopback.'),
  ipaddrs: addresses(4, 'The same as network.ip_addrs.'),
  ipaddrs6: addresses(6, 'The same as network.ip_addrs6.'),
};

function addresses(family: 4 | 6, doc: string): MinionFunction {
  return { signature: parameters, doc, run: (args, call) => addressesOf(args, call, family) };
}

function addressesOf(args: Arguments, call: Call, family: 4 | 6): Value {
  for (const name of ['cidr', 'type'])
    if (args.value(name) !== null)
      throw new InvalidArguments(`${name} is not supported; filter the result, in templates with ipaddr`);
  const one = args.value('interface') === null ? {} : { interface: args.text('interface') };
  return addressesIn(call.grains.get(), family, { ...one, includeLoopback: args.flag('include_loopback') });
}

function named(call: Call, grain: string): Value {
  return call.grains.get().get(grain) ?? '';
}
