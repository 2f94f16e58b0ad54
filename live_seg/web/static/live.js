// The live tab: the picture, and controls that show the state of the loop, whoever changed it.

import {GONE, ask, form, json, tooLarge} from './api.js';

const element = id => document.getElementById(id);
const NAMES = {blur: 'Blur', replace: 'Replace', transparent: 'Transparent'};
const OWN_S = 0.6; // so long a control that was just moved shows what the hand did, not what comes back
const AGAIN_MS = 3000; // a browser that was refused the events does not ask for them again
const PATIENCE_MS = 10000;

let complain = () => {};
let limit = Infinity;
let events = null;
let trouble = ''; // why nothing is heard of the loop
let upload = null; // ends the sending of a background
let heard = {};
let state = {};
let sending = false;
let waiting = {};
const moved = {};

export const keys = {
  b: () => {
    const {effects} = state;
    if (effects) change({'effect.name': effects[(effects.indexOf(state['effect.name']) + 1) % effects.length]});
  },
  m: () => change({'source.mirror': !state['source.mirror']}),
  p: () => change({'run.paused': !state['run.paused']}),
  s: () => statistics(!element('statistics-on').checked),
};

export function start(offer, complainer) {
  [limit, complain] = [offer.limits.bytes, complainer];
  element('live-panel').addEventListener('submit', event => event.preventDefault());
  element('effects').addEventListener('change', event => change({'effect.name': event.target.value}));
  element('strength').addEventListener('input', event => change({'blur.radius_px': event.target.valueAsNumber}));
  element('background-colour').addEventListener('input', event => {
    upload?.abort();
    change({'replace.background': event.target.value});
  });
  element('mirror').addEventListener('change', event => change({'source.mirror': event.target.checked}));
  element('paused').addEventListener('change', event => change({'run.paused': event.target.checked}));
  element('statistics-on').addEventListener('change', event => statistics(event.target.checked));
  element('background-file').addEventListener('change', event => {
    const [file] = event.target.files;
    event.target.value = '';
    if (file) background(file);
  });
  element('live-picture').addEventListener('error', () => setTimeout(picture, 1000));
}

// Opens the picture and the events, or lets go of both; the last who lets go closes the camera.
export function look(wanted) {
  if (wanted === (events !== null)) return;
  if (wanted) {
    listen();
  } else {
    events.close();
    events = null;
    picture();
  }
}

export async function background(file) {
  const line = tooLarge(file, limit);
  if (line) return complain(line);
  upload?.abort(); // what is chosen last counts
  const {signal} = upload = new AbortController();
  tell();
  try {
    hear(await json('/api/live/background', {method: 'POST', body: form({image: file}), signal}));
  } catch (problem) {
    if (!signal.aborted) complain(problem);
  }
  if (upload?.signal === signal) upload = null;
  tell();
}

function listen() {
  const mine = events = new EventSource('/api/live/events');
  mine.onopen = picture; // anew when the server comes back, too: an <img> stays at the last it got
  mine.onmessage = event => {
    trouble = '';
    hear(JSON.parse(event.data));
  };
  mine.onerror = async () => {
    trouble ||= GONE;
    tell();
    if (mine.readyState !== EventSource.CLOSED) return;
    await ask('/api/live').catch(problem => { if (events === mine) trouble = problem.message; });
    tell();
    setTimeout(() => { if (events === mine) listen(); }, AGAIN_MS);
  };
}

function picture() {
  const image = element('live-picture');
  if (events) image.src = `/api/live/picture?${Date.now()}`;
  else image.removeAttribute('src');
}

// One change after the other; what comes meanwhile goes together with the next.
async function change(values) {
  Object.assign(waiting, values);
  for (const name of Object.keys(values)) moved[name] = performance.now();
  state = {...state, ...values};
  draw(state);
  if (sending) return;
  sending = true;
  while (Object.keys(waiting).length) {
    const body = JSON.stringify(waiting);
    waiting = {};
    try {
      const signal = AbortSignal.timeout(PATIENCE_MS); // or a network that is gone holds all that come after
      await ask('/api/live', {method: 'PATCH', body, headers: {'Content-Type': 'application/json'}, signal});
    } catch (problem) {
      complain(problem);
      for (const name of Object.keys(moved)) delete moved[name];
      draw(heard); // it is not as the hand wanted it
    }
  }
  sending = false;
}

function statistics(on) {
  element('statistics-on').checked = on;
  draw(state);
}

function hear(now) {
  heard = now;
  draw(now);
}

function draw(now) {
  for (const [name, at] of Object.entries(moved)) {
    if (performance.now() - at < OWN_S * 1000 && name in state) now = {...now, [name]: state[name]};
    else delete moved[name];
  }
  state = now;
  if (!state.effects) return;
  const effect = state['effect.name'];
  choices(state.effects, effect);
  element('strength-row').hidden = effect !== 'blur';
  element('background-row').hidden = effect !== 'replace';
  set('strength', state['blur.radius_px']);
  element('strength-shown').textContent = Math.round(state['blur.radius_px']);
  const behind = state['replace.background'];
  if (behind.startsWith('#')) element('background-colour').value = full(behind);
  element('background-shown').textContent = behind.startsWith('#') ? '' : 'own picture';
  element('mirror').checked = state['source.mirror'];
  element('paused').checked = state['run.paused'];
  const lines = element('statistics');
  lines.hidden = !element('statistics-on').checked || !state.statistics.length;
  lines.textContent = state.statistics.join('\n');
  tell();
}

function tell() {
  const hidden = state.hidden && `Hidden: ${state.hidden}`;
  note(trouble || (upload ? 'Sending the background …' : state.problem || (state.running ? hidden : 'Opening the camera …')));
}

function choices(names, chosen) {
  const place = element('effects');
  if (place.childElementCount !== names.length) {
    place.replaceChildren(...names.map(name => {
      const label = document.createElement('label');
      const input = Object.assign(document.createElement('input'), {type: 'radio', name: 'effect', value: name});
      const text = Object.assign(document.createElement('span'), {textContent: NAMES[name] || name});
      label.append(input, text);
      return label;
    }));
  }
  for (const input of place.querySelectorAll('input')) input.checked = input.value === chosen;
}

function set(id, value) {
  if (element(id).valueAsNumber !== value) element(id).value = value;
}

function full(colour) { // #fff as a colour input wants it
  return colour.length === 4 ? `#${[...colour.slice(1)].map(digit => digit + digit).join('')}` : colour.toLowerCase();
}

function note(text) {
  const place = element('live-note');
  place.hidden = !text;
  if (place.textContent !== text) place.textContent = text;
  place.classList.toggle('busy', text.endsWith('…'));
}
