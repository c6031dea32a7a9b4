/** The platform that DRYDOCK_RUNTIME names. A microVM's would be one more line here, and one more file beside this. */
import { createFakePlatform } from './fake.ts';
import type { Platform, PlatformDeps } from './platform.ts';
import { createRuncPlatform } from './runc.ts';

/** Builds it; see Platform. */
export function openPlatform(deps: PlatformDeps): Promise<Platform> {
  switch (deps.env.runtime) {
    case 'runc':
      return createRuncPlatform(deps);
    case 'fake':
      return createFakePlatform(deps);
  }
}
