import config from './playwright.config.ts';

/** For `npm run pictures`: no tests, but a browser and a stack all the same. */
export default { ...config, testDir: 'pictures', testMatch: '**/*.ts', reporter: [['list']] };
