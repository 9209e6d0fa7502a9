// Everything about one user, from the right: facts, how busy, what happened, what is shared; and what to do about it.
import '@mantine/core/styles/Drawer.css';
import { Button, Drawer } from '@mantine/core';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import type { HubBan, HubUserDetail } from '#api';
import { Icon } from '../../shell/icons.tsx';
import { useObjectMenu } from '../../shell/object-menu.tsx';
import { go } from '../../shell/router.ts';
import { Failed, Loading } from '../../shell/states.tsx';
import { bytes, count, day, span } from '../../texts/format.ts';
import { t } from '../../texts/mod.ts';
import { ask } from './ask.ts';
import { useHub, useMay, useOverview } from './hub-context.ts';
import css from './hub.module.css';
import { Spark } from './spark.tsx';
import { moment } from './time.ts';
import { w } from './words.ts';

export function UserDrawer({ nick, seconds }: { nick: string | null; seconds: number }): ReactNode {
  return (
    <Drawer
      opened={nick !== null}
      onClose={() => go(['users'])}
      position="right"
      size="min(460px, 100%)"
      title={<span className={css.drawerTitle}>{nick}</span>}
      lockScroll={false}
      closeButtonProps={{ 'aria-label': w.close }}
    >
      {nick !== null && <Person nick={nick} seconds={seconds} />}
    </Drawer>
  );
}

function Person({ nick, seconds }: { nick: string; seconds: number }): ReactNode {
  const { data, error, refetch } = useQuery({
    queryKey: ['hub', 'user', nick],
    queryFn: () => ask('user', { params: { nick } }),
    refetchInterval: 4000,
    placeholderData: keepPreviousData,
  });
  if (error !== null && data === undefined) return <Failed error={error} again={() => void refetch()} />;
  if (data === undefined) return <Loading />;
  return (
    <div className={css.drawer}>
      <Acts detail={data} seconds={seconds} />
      <Facts detail={data} />
      {data.user !== null && (
        <section>
          <h3 className={css.heading}>{w.activity}</h3>
          <div className={css.bigSpark}>
            <Spark values={data.user.minutes} label={w.activity} />
          </div>
        </section>
      )}
      <History bans={data.bans} />
      <Timeline detail={data} />
      <Shared names={data.shared} />
    </div>
  );
}

function Acts({ detail: { nick, user, bans }, seconds }: { detail: HubUserDetail; seconds: number }): ReactNode {
  const { acts } = useHub();
  const { moderate } = useMay();
  const mask = user === null ? `${nick}!*` : `*!${user.address}`;
  const preview = useQuery({
    queryKey: ['hub', 'preview', mask, bans.length],
    queryFn: () => ask('previewBan', { body: { mask } }),
  });
  if (!moderate) return <p className={css.quiet}>{w.mayNot}</p>;
  return (
    <div>
      <div className={css.acts}>
        <Button
          size="xs"
          color="red"
          variant="light"
          leftSection={<Icon name="ban" size={15} />}
          onClick={() => void acts.ban(mask, seconds, w.reasonFlood)}
        >
          {w.banHour}
        </Button>
        {user !== null && (
          <>
            <Button size="xs" variant="default" onClick={() => void acts.muzzle(nick, !user.muzzled)}>
              {user.muzzled ? w.unmuzzle : w.muzzle}
            </Button>
            <Button size="xs" variant="default" onClick={() => void acts.kill(nick)}>
              {w.kill}
            </Button>
          </>
        )}
      </div>
      <p className={css.quiet}>
        <code>{mask}</code> {preview.data === undefined ? '' : w.meets(preview.data.users, preview.data.nicks)}
        {preview.data?.warnings.map((text) => ` ${text}.`)}
      </p>
    </div>
  );
}

function Facts({ detail }: { detail: HubUserDetail }): ReactNode {
  const { user, account, rooms, sameAddress } = detail;
  const now = useOverview()?.now ?? 0;
  const { acts } = useHub();
  const facts: [string, ReactNode][] = [];
  if (user === null) facts.push([w.here, w.gone]);
  else
    facts.push(
      [w.here, span(now - user.since)],
      [
        w.level,
        `${w.levels[user.level]}, ${user.registered ? w.registered : w.guest}${user.encrypted ? `, ${w.encrypted}` : ''}`,
      ],
      [w.address, user.address],
      [w.port, user.dataPort === 0 ? w.firewalled : String(user.dataPort)],
      [w.client, user.client],
      [w.sharedFiles, `${count(user.files)}, ${bytes(user.bytes)}`],
      [w.sentMessages, `${count(user.messages)}, ${count(user.searches)} ${w.searches}`],
    );
  if (account !== null) facts.push([w.since, day(account.created)], [w.lastSeen, moment(account.seen)]);
  if (rooms.length > 0) facts.push([w.inRooms, rooms.join(', ')]);
  if (sameAddress.length > 0)
    facts.push([
      w.sameAddress,
      sameAddress.map((other) => (
        <button key={other} type="button" className={css.link} onClick={() => acts.look(other)}>
          {other}
        </button>
      )),
    ]);
  return (
    <dl className={css.facts}>
      {facts.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

function History({ bans }: { bans: readonly HubBan[] }): ReactNode {
  const now = useOverview()?.now ?? 0;
  if (bans.length === 0) return null;
  return (
    <section>
      <h3 className={css.heading}>{w.banHistory}</h3>
      <ol className={css.timeline}>
        {bans.slice(0, 10).map(({ id, at, until, reason, setter, lifted }) => (
          <li key={id}>
            <time className={css.when}>{moment(at)}</time>
            <span>
              {reason} ({setter}), {lifted !== null ? w.lifted : until <= now ? w.ended : w.left(span(until - now))}
            </span>
          </li>
        ))}
      </ol>
    </section>
  );
}

function Timeline({ detail: { timeline } }: { detail: HubUserDetail }): ReactNode {
  return (
    <section>
      <h3 className={css.heading}>{w.timeline}</h3>
      {timeline.length === 0 && <p className={css.quiet}>{w.noTimeline}</p>}
      <ol className={css.timeline}>
        {timeline.map(({ at, text }, i) => (
          <li key={`${at} ${i}`}>
            <time className={css.when}>{moment(at)}</time>
            <span>{text}</span>
          </li>
        ))}
      </ol>
    </section>
  );
}

function Shared({ names }: { names: readonly string[] }): ReactNode {
  const { acts } = useHub();
  const { moderate } = useMay();
  const open = useObjectMenu();
  if (names.length === 0) return null;
  return (
    <section>
      <h3 className={css.heading}>{w.someFiles}</h3>
      <ul className={css.files}>
        {names.map((path) => {
          const name = path.slice(Math.max(path.lastIndexOf('\\'), path.lastIndexOf('/')) + 1);
          return (
            <li key={path}>
              <span className={css.cut} title={path}>
                {name}
              </span>
              {moderate && (
                <button
                  type="button"
                  className={css.more}
                  aria-label={`${t.menu.more}: ${name}`}
                  aria-haspopup="menu"
                  onClick={({ currentTarget }) =>
                    open(currentTarget, [
                      { heading: name },
                      { label: w.takeDown, icon: 'trash', danger: true, run: () => void acts.takeDown(name) },
                    ])
                  }
                >
                  <Icon name="more" size={16} />
                </button>
              )}
            </li>
          );
        })}
      </ul>
    </section>
  );
}
