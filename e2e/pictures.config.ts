import { defineConfig } from '@playwright/test';
import config from './playwright.config.ts';

/** For `npm run pictures`: no tests, but a browser and a stack all the same. */
export default defineConfig(config, { testDir: 'pictures', testMatch: '**/*.ts', reporter: [['list']] });
