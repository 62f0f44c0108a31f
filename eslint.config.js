import js from '@eslint/js';
import rxjsX from 'eslint-plugin-rxjs-x';
import { defineConfig } from 'eslint/config';
import tseslint from 'typescript-eslint';

/** Imports run one way: test -> tools -> server, recording -> core. */
const oneWay = (...forbidden) => ({
  'no-restricted-imports': [
    'error',
    {
      patterns: [
        { group: ['rxjs/webSocket', 'rxjs/ajax'], message: 'See CONTRIBUTING.md.' },
        { regex: '^(fp-ts|io-ts)/(?!lib/)', message: "Plain Node needs 'fp-ts/lib/X.js'." },
        { regex: '/index\\.js$', message: 'Import the file of the concept.' },
        ...forbidden,
      ],
    },
  ],
});

export default defineConfig(
  { ignores: ['**/dist/', '**/node_modules/'] },
  js.configs.recommended,
  tseslint.configs.strictTypeChecked,
  rxjsX.configs.strict,
  {
    languageOptions: {
      parserOptions: {
        projectService: { allowDefaultProject: ['*.js'] },
        tsconfigRootDir: import.meta.dirname,
      },
    },
    rules: {
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true },
      ],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      'rxjs-x/finnish': [
        'error',
        {
          functions: false,
          methods: false,
          strict: true,
          names: {
            '^(#?(.*T|t)ransport|replay|server|fake|fault|alter|route|choose|authorize|page|toUrl|token|given|accessToken|conversationToken)$': false,
          },
        },
      ],
      '@typescript-eslint/no-unused-vars': ['error', { ignoreRestSiblings: true }],
      // The house is closures: an interface's methods have no `this`.
      '@typescript-eslint/unbound-method': 'off',
      'rxjs-x/no-ignored-error': 'off',
      'rxjs-x/throw-error': ['error', { allowThrowingUnknown: true }],
    },
  },
  {
    files: ['packages/core/src/**/*.ts'],
    rules: oneWay({ regex: '^@livecall/', message: 'Core knows nobody above it.' }),
  },
  {
    files: ['packages/fleet/src/**/*.ts'],
    rules: oneWay({
      regex: '^@livecall/(server|tools|test)',
      message: 'A fleet records and reads.',
    }),
  },
  {
    files: ['packages/{server,recording}/src/**/*.ts'],
    rules: oneWay({ regex: '^@livecall/(?!core)', message: 'These two know core alone.' }),
  },
  { files: ['tools/src/**/*.ts'], rules: oneWay() },
  {
    // The compiler checks tests as strictly as the rest; of what wants types besides, they keep what
    // makes a test that cannot fail. The others take a quarter of the whole time.
    files: ['**/*.test.ts', 'test/**/*.ts'],
    rules: {
      ...tseslint.configs.disableTypeChecked.rules,
      '@typescript-eslint/await-thenable': 'error',
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/require-await': 'error',
      'rxjs-x/no-ignored-default-value': 'off',
    },
  },
  {
    files: ['**/*.js'],
    extends: [tseslint.configs.disableTypeChecked],
    languageOptions: { globals: { process: false, TextEncoder: false, URL: false } },
    // These want types, too.
    rules: Object.fromEntries(Object.keys(rxjsX.rules).map((name) => [`rxjs-x/${name}`, 'off'])),
  },
  {
    files: ['test/bench/**/*.js'],
    languageOptions: {
      globals: Object.fromEntries(
        [
          'Buffer',
          'clearInterval',
          'console',
          'performance',
          'setImmediate',
          'setInterval',
          'setTimeout',
          'queueMicrotask',
        ].map((name) => [name, false]),
      ),
    },
  },
);
