// FRR's vty sockets: a command ended by NUL, answered by text and the four bytes NUL NUL NUL status.
import { connect, type Socket } from 'node:net';
import type { Vty, VtyAnswer } from './ports.ts';

const trailer = 4;

/** `directory` is the container's /run/frr as the host sees it. */
export const vtyIn = (directory: string, timeoutMs = 10_000): Vty => ({
  ask: (daemon, commands) =>
    new Promise((resolve) => {
      const socket = connect(`${directory}/${daemon}.vty`);
      const end = (answers: readonly VtyAnswer[] | undefined): void => {
        socket.destroy();
        resolve(answers);
      };
      socket.setTimeout(timeoutMs, () => {
        end(undefined);
      });
      // A daemon that is not there is an answer here; the caller asks the engine why.
      socket.on('error', () => {
        end(undefined);
      });
      socket.on('close', () => {
        end(undefined);
      });
      converse(socket, commands, end);
    }),
});

const converse = (
  socket: Socket,
  commands: readonly string[],
  end: (answers: readonly VtyAnswer[]) => void,
): void => {
  const answers: VtyAnswer[] = [];
  let chunks: Buffer[] = [];
  const next = (): void => {
    const command = commands[answers.length];
    if (command === undefined) end(answers);
    else socket.write(`${command}\0`);
  };
  socket.on('connect', next);
  socket.on('data', (chunk) => {
    chunks.push(chunk);
    const answer = answerFrom(chunks);
    if (answer === undefined) return;
    chunks = [];
    answers.push(answer);
    if (isRefusal(answer)) end(answers);
    else next();
  });
};

/** CMD_SUCCESS, CMD_WARNING and CMD_SUCCESS_DAEMON of FRR's lib/command.h. */
const isRefusal = ({ status }: VtyAnswer): boolean => ![0, 1, 10].includes(status);

/** Text holds no NUL, so three of them end it; they may come in several pieces. */
const answerFrom = (chunks: Buffer[]): VtyAnswer | undefined => {
  const tail = Buffer.concat(chunks.slice(-trailer)).subarray(-trailer);
  if (tail.length < trailer || tail[0] !== 0 || tail[1] !== 0 || tail[2] !== 0) return undefined;
  const whole = Buffer.concat(chunks);
  return {
    status: tail[3] ?? 0,
    text: whole.subarray(0, whole.length - trailer).toString('utf8'),
  };
};
