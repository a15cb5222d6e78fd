export { type Api, type ApiDeps, createApi } from './server/api.ts';
export {
  addToken,
  openTokenFile,
  openTokenUse,
  revokeToken,
  type TokenFile,
  type TokenRecord,
} from './users/token-file.ts';
export {
  addUser,
  changePassword,
  openUserFile,
  type Rights,
  removeUser,
  type UserFile,
  type UserRecord,
} from './users/user-file.ts';
