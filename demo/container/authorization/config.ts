/** Mode `oauth` of config.yaml: the container is its own authorization server, and how people sign in there. */
import { z } from 'zod';
import { secureUrl } from '../guard/settings.ts';

const variable = z.string().min(1, 'name a variable of the environment');

const user = z.strictObject({
  email: z.email('give an e-mail address').transform((email) => email.trim().toLowerCase()),
  /** The variable that has the password: it is in no file. */
  password_env: variable,
});

/** People sign in at GitHub; what programs get are tokens of the container's own, never GitHub's. */
const github = z.strictObject({
  client_id: z.string().min(1, 'give the client id of your app at GitHub'),
  client_secret_env: variable,
  authorize_url: secureUrl.default('https://github.com/login/oauth/authorize'),
  token_url: secureUrl.default('https://github.com/login/oauth/access_token'),
  api_url: secureUrl.default('https://api.github.com'),
});

export const oauthMode = z.strictObject({
  mode: z.literal('oauth'),
  sign_in: z.union([z.strictObject({ users: z.array(user).min(1) }), z.strictObject({ github })], {
    error: 'give users, or github',
  }),
});
export type OAuthMode = z.infer<typeof oauthMode>;
export type UserSettings = z.infer<typeof user>;
export type UpstreamSettings = z.infer<typeof github>;
