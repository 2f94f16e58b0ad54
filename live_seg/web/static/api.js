// Talks to the server; every problem becomes an Error with the one line that people read.

export async function ask(address, options = {}) {
  let answer;
  try {
    answer = await fetch(address, options);
  } catch (error) {
    if (error.name === 'AbortError') throw error;
    throw new Error('live-seg does not answer. Is it still running?');
  }
  if (answer.ok) return answer;
  const problem = new Error(await line(answer));
  problem.status = answer.status;
  problem.retryAfter = Number(answer.headers.get('Retry-After')) || 0;
  throw problem;
}

export const json = async (address, options) => (await ask(address, options)).json();

export function form(files) {
  const body = new FormData();
  for (const [name, file] of Object.entries(files)) if (file) body.append(name, file);
  return body;
}

async function line(answer) {
  try {
    const {error} = await answer.json();
    return error.charAt(0).toUpperCase() + error.slice(1);
  } catch {
    return `The server answered ${answer.status}.`;
  }
}
