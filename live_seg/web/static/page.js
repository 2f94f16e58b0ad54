// The frame round both tabs: which one is shown, keys, help, messages, pictures that are dropped or pasted.

import {json} from './api.js';
import * as live from './live.js';
import * as photo from './photo.js';

const element = id => document.getElementById(id);
const rooms = {live, photo};
let shown = '';
let toastTimer = 0;

export function show(name) {
  shown = name;
  for (const room of Object.keys(rooms)) {
    const tab = element(`tab-${room}`);
    tab.setAttribute('aria-selected', String(room === name));
    tab.tabIndex = room === name ? 0 : -1;
    element(room).hidden = room !== name;
  }
  history.replaceState(null, '', `#${name}`);
  attend();
}

export function complain(problem) {
  const toast = element('toast');
  toast.textContent = problem.message || String(problem);
  toast.hidden = false;
  clearTimeout(toastTimer);
  toastTimer = setTimeout(() => { toast.hidden = true; }, 8000);
}

export function hush() {
  element('toast').hidden = true;
}

// Who steers by voice, or hits keys by chance, turns the single keys off; the browser remembers it where it may.
function remember() {
  const box = element('keys-on');
  try {
    box.checked = localStorage.getItem('live-seg-keys') !== 'off';
    box.addEventListener('change', () => localStorage.setItem('live-seg-keys', box.checked ? 'on' : 'off'));
  } catch (refused) {
    console.info(refused);
  }
}

// The camera is held open by who looks at it: a tab in the background does not.
function attend() {
  live.look(shown === 'live' && !document.hidden);
}

async function take([file, ...more]) {
  await ready; // until then nobody knows which tab it is for
  hush();
  if (more.length) complain('One picture at a time: the first was taken.');
  if (shown === 'live') live.background(file);
  else photo.take(file);
}

const keys = {
  1: () => show('live'),
  2: () => show('photo'),
  h: () => element('help').showModal(),
  o: () => { show('photo'); element('photo-file').click(); },
  d: () => photo.download(),
};

function press(event) {
  if (event.ctrlKey || event.metaKey || event.altKey || element('help').open || !element('keys-on').checked) return;
  const key = event.key.toLowerCase();
  const action = keys[key] || (shown === 'live' && live.keys[key]);
  if (!action) return;
  event.preventDefault();
  if (!event.repeat) action();
}

function walk(event) {
  const names = Object.keys(rooms);
  const step = {ArrowLeft: -1, ArrowRight: 1}[event.key];
  if (!step) return;
  event.preventDefault();
  show(names[(names.indexOf(shown) + step + names.length) % names.length]);
  element(`tab-${shown}`).focus();
}

function files(transfer) {
  return [...(transfer?.files || [])].filter(file => !file.type || file.type.startsWith('image/'));
}

async function start() {
  remember();
  for (const name of Object.keys(rooms)) {
    element(`tab-${name}`).addEventListener('click', () => show(name));
    element(`tab-${name}`).addEventListener('keydown', walk);
  }
  element('help-open').addEventListener('click', () => element('help').showModal());
  element('toast').addEventListener('click', hush);
  document.addEventListener('keydown', press);
  document.addEventListener('visibilitychange', attend);
  window.addEventListener('pagehide', () => live.look(false));
  window.addEventListener('pageshow', attend);
  document.addEventListener('paste', event => {
    const given = files(event.clipboardData);
    if (given.length) take(given);
  });
  document.addEventListener('dragover', event => {
    event.preventDefault();
    element(`${shown}-stage`)?.classList.add('over');
  });
  for (const kind of ['dragleave', 'drop'])
    document.addEventListener(kind, () => element(`${shown}-stage`)?.classList.remove('over'));
  document.addEventListener('drop', event => {
    event.preventDefault();
    const given = files(event.dataTransfer);
    if (given.length) take(given);
    else complain('That is no picture.');
  });

  const offer = await json('/api/offer');
  element('version').textContent = offer.version;
  live.start(offer, complain);
  photo.start(offer, complain, hush);
  const wanted = location.hash.slice(1);
  show(wanted in rooms ? wanted : offer.starts_live ? 'live' : 'photo');
}

const ready = start();
ready.catch(problem => {
  complain(`${problem.message} Load this page again.`);
  clearTimeout(toastTimer); // there is nothing else to be seen
});
