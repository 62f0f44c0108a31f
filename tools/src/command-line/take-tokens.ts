/** The variables that may hold a token, or the cookie that stands for one. */
const variables = [
  'LIVECALL_ACCESS_TOKEN',
  'LIVECALL_CONVERSATION_TOKEN',
  'LIVECALL_COOKIE',
] as const;

/** What a person set the variables to that may hold a token. */
export type GivenTokens = Readonly<Partial<Record<string, string>>>;

/**
 * Takes the tokens out of the environment, of every command, whether it needs them or not: what is
 * left there stands in the report that Node writes of a crash, and reaches every child process.
 */
export function takeTokens(environment: NodeJS.ProcessEnv): GivenTokens {
  const given = Object.fromEntries(
    variables.flatMap((variable) => {
      const token = environment[variable];
      return token === undefined ? [] : [[variable, token]];
    }),
  );
  for (const variable of variables) Reflect.deleteProperty(environment, variable);
  return given;
}
