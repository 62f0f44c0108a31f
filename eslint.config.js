import js from '@eslint/js';
import rxjsX from 'eslint-plugin-rxjs-x';
import { defineConfig } from 'eslint/config';
import tseslint from 'typescript-eslint';

/** What no file imports. */
const NOWHERE = [
  { group: ['rxjs/webSocket', 'rxjs/ajax'], message: 'See CONTRIBUTING.md.' },
  { regex: '^(fp-ts|io-ts)/(?!lib/)', message: "Plain Node needs 'fp-ts/lib/X.js'." },
  { regex: '/index\\.js$', message: 'Import the file of the concept.' },
];

/** Imports run one way: test -> tools -> server, recording -> core. */
const mayImport = (...patterns) => ({
  'no-restricted-imports': ['error', { patterns: [...NOWHERE, ...patterns] }],
});

const NO_HOUSE = { regex: '^@livecall/', message: 'Core knows nobody above it.' };
const NO_NODE = {
  regex: '^(node:|ws$)',
  message: 'This runs anywhere: what needs Node is in a place of its own.',
};
const NO_WORDS = {
  regex: '^\\.{1,2}/protocol/',
  message: 'Who speaks to any protocol takes it as a value, `protocol.ts`.',
};

const NODE_GLOBALS = ['Buffer', 'process', 'global', 'setImmediate', '__dirname'].map((name) => ({
  name,
  message: 'A page has none.',
}));

/** The words of the live call, as they stand on the wire; its two tokens are the transport's. */
const WORDS = [
  'Literal[value=/^(event|client):/]',
  'TemplateElement[value.raw=/^(event|client):/]',
  "Literal[value='ackId']",
  "MemberExpression > Identifier[name='ackId']",
].map((selector) => ({
  selector,
  message: 'The words of the live call are in core/src/protocol: ask a protocol.',
}));

export default defineConfig(
  { ignores: ['**/dist/', '**/node_modules/', 'api/'] },
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
            '^(#?(.*T|t)ransport|calls|clients|toTold|replay|server|dial|fake|fault|alter|route|changes|choose|authorize|page|toUrl|token|given|recordFrom|accessToken|conversationToken)$': false,
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
  /* Who imports whom */
  { files: ['packages/*/src/**/*.{ts,tsx}', 'tools/src/**/*.ts'], rules: mayImport() },
  {
    files: ['packages/core/src/**/*.ts'],
    rules: {
      ...mayImport(NO_HOUSE, NO_NODE, NO_WORDS),
      'no-restricted-globals': ['error', ...NODE_GLOBALS],
    },
  },
  {
    // What a live call is, and what is told of it.
    files: [
      'packages/core/src/{call-snapshot,call-views,index,live-call,received,send-command,transport-error,utterance-log,watch}.ts',
      'packages/core/src/internal/index.ts',
    ],
    rules: mayImport(NO_HOUSE, NO_NODE),
  },
  {
    files: ['packages/core/src/node/**/*.ts'],
    rules: { ...mayImport(NO_HOUSE), 'no-restricted-globals': 'off' },
  },
  {
    files: ['packages/{opentelemetry,server,recording}/src/**/*.ts'],
    rules: mayImport({ regex: '^@livecall/(?!core)', message: 'These know core alone.' }),
  },
  {
    // What is read and written of a recording where there is no Node; its files are read elsewhere.
    files: ['packages/recording/src/{format/*,call-site,narrator,scenario,to-comparable}.ts'],
    ignores: ['packages/recording/src/format/{base64,longest-line,read-recording,repair}.ts'],
    rules: {
      ...mayImport(
        { regex: '^@livecall/(?!core)', message: 'These two know core alone.' },
        NO_NODE,
        {
          regex: '^(@livecall/core/node(/internal)?$|.*/redaction/)',
          message: 'The format knows nothing of how it is written.',
        },
      ),
      'no-restricted-globals': ['error', ...NODE_GLOBALS],
    },
  },
  {
    files: ['packages/fleet/src/**/*.ts'],
    rules: mayImport({
      regex: '^@livecall/(server|tools|test)',
      message: 'A fleet records and reads.',
    }),
  },
  {
    files: ['tools/src/{faults,replay}/*.ts', 'tools/src/replay.ts'],
    rules: {
      ...mayImport(NO_NODE, {
        regex:
          '^(@livecall/(core/node(/internal)?|recording(/internal)?|server)$|\\.\\./(?!faults/|replay/|duration))',
        message: 'Replays and faults run anywhere; of a recording they know the format.',
      }),
      'no-restricted-globals': ['error', ...NODE_GLOBALS],
    },
  },
  /* Who knows what is said */
  {
    files: ['packages/*/src/**/*.ts', 'tools/src/**/*.ts'],
    ignores: [
      'packages/core/src/protocol/**',
      'packages/core/src/{call-snapshot,call-views,live-call}.ts',
      'packages/core/src/node/web-socket-transport.ts',
      'packages/recording/src/{narrator,scenario}.ts',
      'packages/recording/src/workbench/**',
      'packages/console/**',
      'tools/src/console/known-numbers.ts',
      'tools/src/command-line/{command-gate,show-moment,commands/list}.ts',
      '**/*.test.ts',
    ],
    rules: { 'no-restricted-syntax': ['error', ...WORDS] },
  },
  {
    // A test may stub what its subject only has from elsewhere.
    files: ['**/*.test.ts'],
    rules: {
      'no-restricted-imports': ['error', { patterns: NOWHERE }],
      'no-restricted-globals': 'off',
    },
  },
  {
    files: ['packages/console/src/**/*.{ts,tsx}'],
    ignores: ['**/*.test.ts'],
    rules: mayImport({
      regex: '^node:|^@livecall/(?!core$|recording$|recording/format$)',
      message: 'It is a page: of recording it takes what has no Node in it, of core types.',
    }),
  },
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
