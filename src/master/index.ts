export { createMaster, type Master, type MasterDeps, type MasterEndpoints } from './master.ts';
