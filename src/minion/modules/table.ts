import { cmdModule } from './cmd.ts';
import { configModule } from './config.ts';
import { eventModule } from './event.ts';
import { fileModule } from './file.ts';
import { grainsModule } from './grains.ts';
import { networkModule } from './network.ts';
import { saltutilModule } from './saltutil.ts';
import { serviceModule } from './service.ts';
import { parseSignature, type Signature } from './signature.ts';
import { sysModule } from './sys.ts';
import { diskModule, statusModule } from './system.ts';
import { testModule } from './test.ts';
import type { MinionFunction, MinionModule } from './types.ts';

/** Every module that Brine brings along. What is not here (or an operator's module) cannot be called. */
const modules: Readonly<Record<string, MinionModule>> = {
  cmd: cmdModule,
  config: configModule,
  disk: diskModule,
  event: eventModule,
  file: fileModule,
  grains: grainsModule,
  network: networkModule,
  saltutil: saltutilModule,
  service: serviceModule(),
  status: statusModule,
  sys: sysModule,
  test: testModule,
};

export interface BuiltIn extends Omit<MinionFunction, 'signature'> {
  readonly signature: Signature;
}

/** `module.function` → function. */
export const builtIns: ReadonlyMap<string, BuiltIn> = new Map(
  Object.entries(modules).flatMap(([module, functions]) =>
    Object.entries(functions).map(([name, own]): [string, BuiltIn] => [
      `${module}.${name}`,
      { ...own, signature: parseSignature(own.signature) },
    ]),
  ),
);
