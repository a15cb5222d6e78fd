export { answerManagement, type ManageOptions } from './manage/manage.ts';
export { readSaltMaster, type SaltMaster } from './master-config/master.ts';
export { readSaltOptions } from './master-config/read.ts';
export { settingsBeside } from './master-config/settings.ts';
export { type SaltAsking, SaltRefusal, saltAsking } from './plane/asking.ts';
export { keyFile, readKey } from './plane/key-file.ts';
export { type SaltPlane, type SaltPlaneOptions, saltPlane } from './plane/plane.ts';
export { gapTag, recoveredTag } from './source/gap.ts';
export { openSaltSource, type SaltSource, type SaltSourceOptions } from './source/source.ts';
