// The same menu on every nick, file and hub: right click, long press, the keyboard's menu key, or the three dots. One
// menu lives in the shell; whoever has entries opens it at a point or beside an element.
import { Menu } from '@mantine/core';
import {
  createContext,
  type PointerEvent,
  type ReactNode,
  useCallback,
  useContext,
  useEffect,
  useMemo,
  useRef,
  useState,
} from 'react';
import { Icon, type IconName } from './icons.tsx';

export type MenuEntry =
  | { heading: string }
  | { label: string; icon: IconName; hint?: string; danger?: true; run: () => void };

type At = { x: number; y: number } | Element | null;
type Open = (at: At, entries: MenuEntry[]) => void;

const MenuContext = createContext<Open>(() => {});

export function useObjectMenu(): Open {
  return useContext(MenuContext);
}

export function ObjectMenuProvider({ children }: { children: ReactNode }): ReactNode {
  const [opened, setOpened] = useState(false);
  const [place, setPlace] = useState({ x: 0, y: 0 });
  const [entries, setEntries] = useState<MenuEntry[]>([]);
  const before = useRef<Element | null>(null);

  const open = useCallback<Open>((at, next) => {
    if (next.length === 0) return;
    before.current = document.activeElement;
    setPlace(pointOf(at));
    setEntries(next);
    // After the event that asked for it: the menu closes at any key outside of it, that one too.
    setTimeout(() => setOpened(true));
  }, []);

  function close(): void {
    setOpened(false);
    if (before.current instanceof HTMLElement) before.current.focus({ preventScroll: true });
  }

  return (
    <MenuContext.Provider value={open}>
      {children}
      <Menu
        opened={opened}
        onClose={close}
        position="bottom-start"
        offset={2}
        shadow="md"
        returnFocus={false}
        transitionProps={{ duration: 0 }}
        withInitialFocusPlaceholder={false}
      >
        <Menu.Target>
          <span aria-hidden style={{ position: 'fixed', left: place.x, top: place.y, width: 1, height: 1 }} />
        </Menu.Target>
        <Menu.Dropdown>
          {entries.map((entry, i) =>
            'heading' in entry ? (
              <Menu.Label key={`${i} ${entry.heading}`}>{entry.heading}</Menu.Label>
            ) : (
              <Menu.Item
                key={`${i} ${entry.label}`}
                leftSection={<Icon name={entry.icon} size={16} />}
                rightSection={entry.hint === undefined ? null : <kbd>{entry.hint}</kbd>}
                {...(entry.danger ? { color: 'red' } : {})}
                onClick={entry.run}
              >
                {entry.label}
              </Menu.Item>
            ),
          )}
        </Menu.Dropdown>
      </Menu>
    </MenuContext.Provider>
  );
}

function pointOf(at: At): { x: number; y: number } {
  if (at === null) return { x: 80, y: 80 };
  if (!(at instanceof Element)) return at;
  const box = at.getBoundingClientRect();
  return { x: box.left + Math.min(48, box.width), y: Math.min(box.bottom, window.innerHeight - 40) };
}

const LONG_MS = 480;

/** Handlers for a press of a finger that stays; a mouse has its right button. */
export function useLongPress(
  run: (at: { x: number; y: number }) => void,
): Record<string, (event: PointerEvent) => void> {
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const latest = useRef(run);
  useEffect(() => {
    latest.current = run;
  }, [run]);
  return useMemo(() => {
    const stop = (): void => clearTimeout(timer.current);
    return {
      onPointerDown(event: PointerEvent): void {
        if (event.pointerType !== 'touch') return;
        const at = { x: event.clientX, y: event.clientY };
        stop();
        timer.current = setTimeout(() => latest.current(at), LONG_MS);
      },
      onPointerUp: stop,
      onPointerCancel: stop,
      onPointerMove: stop,
    };
  }, []);
}
