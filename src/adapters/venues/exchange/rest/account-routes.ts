// Everything that the local exchange answers about an account, on one list.

import type { AccountRoute } from '../api.ts';
import { BALANCE_ROUTES } from './balance-routes.ts';
import { CANCEL_ROUTES } from './cancel-routes.ts';
import { CLOSE_ROUTES } from './close-routes.ts';
import { FILL_ROUTES } from './fill-routes.ts';
import { INCOME_ROUTES } from './income-routes.ts';
import { LISTEN_KEY_ROUTES } from './listen-key-routes.ts';
import { ORDER_ROUTES } from './order-routes.ts';
import { SETTING_ROUTES } from './setting-routes.ts';

/**
 * Not here, and so unknown paths: `amend`, since the model's orders keep their size; `positionHistory`, since the model keeps no
 * positions that ended; TWAP, separate isolated margin, and several assets as margin.
 */
export const ACCOUNT_ROUTES: readonly AccountRoute[] = [
  ...ORDER_ROUTES,
  ...CANCEL_ROUTES,
  ...CLOSE_ROUTES,
  ...FILL_ROUTES,
  ...BALANCE_ROUTES,
  ...INCOME_ROUTES,
  ...SETTING_ROUTES,
  ...LISTEN_KEY_ROUTES,
];
