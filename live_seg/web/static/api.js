// Talks to the server; every problem becomes an Error with the one line that people read.

export const GONE = 'live-seg does not answer. Is it still running?';

export async function ask(address, options = {}) {
  let answer;
  try {
    answer = await fetch(address, options);
  } catch (error) {
    if (error.name === 'AbortError') throw error;
    throw new Error(await unreadable(options.body) || GONE);
  }
  if (answer.ok) return answer;
  const problem = new Error(await line(answer));
  problem.status = answer.status;
  problem.retryAfter = Number(answer.headers.get('Retry-After')) || 0;
  throw problem;
}

export const json = (address, options) => whole('json', address, options);
export const blob = (address, options) => whole('blob', address, options);

// A line about a file that is over the limit; empty if it is not.
export function tooLarge(file, limit) {
  if (file.size <= limit) return '';
  return `${file.name} has ${Math.ceil(file.size / 1e6)} MB; at most ${Math.round(limit / 1e6)} MB are taken.`;
}

export function form(files) {
  const body = new FormData();
  for (const [name, file] of Object.entries(files)) if (file) body.append(name, file);
  return body;
}

// An answer may break off in its midst.
async function whole(kind, address, options) {
  const answer = await ask(address, options);
  try {
    return await answer[kind]();
  } catch (error) {
    if (error.name === 'AbortError') throw error;
    throw new Error(GONE);
  }
}

// A browser sends no file that was changed or removed after it was chosen, nor a folder, and says no more than that it failed.
async function unreadable(body) {
  for (const file of body instanceof FormData ? body.values() : []) {
    try {
      await file.slice(0, 1).arrayBuffer();
    } catch {
      return `${file.name} cannot be read: it is a folder, or not as it was any more. Choose it again.`;
    }
  }
  return '';
}

async function line(answer) {
  if (answer.status === 401) return 'live-seg wants its token anew: load this page again.';
  try {
    const {error} = await answer.json();
    return error.charAt(0).toUpperCase() + error.slice(1);
  } catch {
    return `The server answered ${answer.status}.`;
  }
}
