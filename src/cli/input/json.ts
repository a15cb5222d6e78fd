export { parseJson } from '../../core/index.ts';
