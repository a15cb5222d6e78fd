export { createMaster, type Master } from './master.ts';
