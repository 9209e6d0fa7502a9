// Keeps one connection to a server list: dials, reports, and dials again, later each time, when it was lost.
import type { Log } from '#base';
import { type Address, dial, formatAddress, Pump } from '#net';
import { type NapigatorAccount, NapigatorSession, type Report } from './napigator.ts';

const FIRST_RETRY_MS = 5_000;
const LAST_RETRY_MS = 600_000;
const CONNECT_MS = 20_000;

export type Reporter = { readonly session: NapigatorSession | null; stop(): void };

export function reportTo(list: Address, account: NapigatorAccount, report: () => Report, log: Log): Reporter {
  const pump = new Pump();
  let session: NapigatorSession | null = null;
  let timer: NodeJS.Timeout | undefined;
  let retryMs = FIRST_RETRY_MS;
  let stopped = false;

  async function connect(): Promise<void> {
    try {
      const socket = await dial(list, { timeoutMs: CONNECT_MS });
      if (stopped) return void socket.destroy();
      const own = new NapigatorSession(account, report, performance.now());
      session = own;
      pump.attach(socket, own, { closed: (why) => lost(own.taken > 0, why ?? own.closing ?? undefined) });
    } catch (error) {
      lost(false, error as Error);
    }
  }

  function lost(wasGood: boolean, why: Error | undefined): void {
    session = null;
    if (stopped) return;
    if (wasGood) retryMs = FIRST_RETRY_MS;
    log.warn('napigator-lost', { list: formatAddress(list), why: why?.message ?? 'closed', retryMs });
    timer = setTimeout(() => void connect(), retryMs);
    timer.unref();
    retryMs = Math.min(retryMs * 2, LAST_RETRY_MS);
  }

  void connect();
  return {
    get session() {
      return session;
    },
    stop: () => {
      stopped = true;
      clearTimeout(timer);
      pump.close();
    },
  };
}
