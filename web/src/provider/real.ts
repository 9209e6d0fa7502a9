// The provider that speaks to a server: fetch with the token, one WebSocket that comes back by itself.
import { type LiveMessage, type LiveRequest, PEER_ROUTES } from '#api';
import { askRoute, CallError, type LooseAsk, urlOf } from './ask.ts';
import type { CallRoute, Link, LiveChannel, Provider } from './provider.ts';

const FIRST_RETRY_MS = 300;
const LAST_RETRY_MS = 5000;

export function realProvider(token: () => string | null): Provider {
  const call = (route: CallRoute, ask?: LooseAsk): Promise<unknown> => askRoute(PEER_ROUTES[route], token(), ask);
  return {
    demo: false,
    call: call as Provider['call'],
    mediaUrl: (of, id) => urlOf(PEER_ROUTES[of === 'transfer' ? 'transferMedia' : 'libraryMedia'].path, { id }),
    connect: (hear, link) => openChannel(() => call('openSession'), hear, link),
  };
}

/** `openSession` first, for the cookie; then the socket; after a loss again, slower each time. */
function openChannel(
  openSession: () => Promise<unknown>,
  hear: (message: LiveMessage) => void,
  link: (link: Link) => void,
): LiveChannel {
  let socket: WebSocket | null = null;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let retryMs = FIRST_RETRY_MS;
  let lostAt: number | null = null;
  let closed = false;

  async function open(): Promise<void> {
    if (lostAt === null) link({ state: 'connecting', retryAt: null, lostAt });
    try {
      await openSession();
    } catch (error) {
      const locked = error instanceof CallError && error.code === 'locked';
      return lost(locked ? 'locked' : 'lost');
    }
    if (closed) return;
    const address = new URL(PEER_ROUTES.live.path, location.href);
    address.protocol = address.protocol === 'https:' ? 'wss:' : 'ws:';
    socket = new WebSocket(address);
    socket.addEventListener('open', () => {
      retryMs = FIRST_RETRY_MS;
      lostAt = null;
      link({ state: 'open', retryAt: null, lostAt });
    });
    socket.addEventListener('message', ({ data }) => hear(JSON.parse(String(data)) as LiveMessage));
    socket.addEventListener('close', () => lost('lost'));
  }

  function lost(state: 'lost' | 'locked'): void {
    socket = null;
    if (closed) return;
    clearTimeout(timer);
    lostAt ??= Date.now();
    if (state === 'locked') return link({ state, retryAt: null, lostAt });
    timer = setTimeout(() => void open(), retryMs);
    link({ state, retryAt: Date.now() + retryMs, lostAt });
    retryMs = Math.min(retryMs * 2, LAST_RETRY_MS);
  }

  void open();
  return {
    send(request: LiveRequest): void {
      if (socket?.readyState === WebSocket.OPEN) socket.send(JSON.stringify(request));
    },
    retryNow(): void {
      if (socket !== null) return;
      clearTimeout(timer);
      retryMs = FIRST_RETRY_MS;
      void open();
    },
    close(): void {
      closed = true;
      clearTimeout(timer);
      socket?.close();
    },
  };
}
