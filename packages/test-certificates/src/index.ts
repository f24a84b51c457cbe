export { createAuthority, type TestAuthority, type TestCertificate } from './authority.ts';
