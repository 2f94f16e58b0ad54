// The photo tab: a picture goes to the server, its cut-out comes back and is laid over it.

import {blob, form, tooLarge} from './api.js';

const element = id => document.getElementById(id);
const NAMES = {person: 'Person', pets: 'Pet'};
const TRIES = 3;
const REST_MS = 120; // so long a hand that moves a slider has to rest

let complain = () => {};
let hush = () => {};
let limits = {bytes: Infinity, pixels: Infinity};
let picture = null; // the File
let behind = null; // the File of the user's own background
let running = new AbortController(); // ends what is under way; each choice has its own
let timer = 0;

export function start(offer, complainer, husher) {
  [limits, complain, hush] = [offer.limits, complainer, husher];
  element('photo-limits').textContent =
    `Up to ${Math.round(limits.bytes / 1e6)} MB and ${Math.round(limits.pixels / 1e6)} megapixels.`;
  element('subjects-row').hidden = offer.models.length < 2;
  element('subjects').replaceChildren(...offer.models.map(({name, about}, place) => {
    const label = Object.assign(document.createElement('label'), {title: about});
    const input = Object.assign(document.createElement('input'), {type: 'radio', name: 'model', value: name, checked: !place});
    label.append(input, Object.assign(document.createElement('span'), {textContent: NAMES[name] || name}));
    return label;
  }));
  const panel = element('photo-panel');
  panel.addEventListener('submit', event => event.preventDefault());
  panel.addEventListener('input', event => { if (event.target.type !== 'file') settings(); });
  const inputs = [['own-file', own], ['photo-file', take], ['photo-camera', take]].map(([id, use]) => [element(id), use]);
  for (const [input, use] of inputs) input.addEventListener('change', () => chosen(input, use));
  element('another').addEventListener('click', () => element('photo-file').click());
  element('slider').addEventListener('input', slide);
  rows(); // a browser may have kept what was chosen before the page was loaded again
  for (const [input, use] of inputs) chosen(input, use); // and a file may be there before this script is
}

export function take(file) {
  if (!fits(file)) return;
  picture = file;
  clear('before');
  clear('after');
  element('drop').hidden = true;
  element('another').hidden = false;
  element('compare').hidden = false;
  renew(0);
  lay(file);
}

export function download() {
  element('download').click(); // does nothing while there is nothing to be had
}

function chosen(input, use) {
  const [file] = input.files;
  input.value = '';
  hush();
  if (file) use(file);
}

function own(file) {
  if (!fits(file)) return;
  behind = file;
  element('own-name').textContent = file.name;
  settings();
}

function fits(file) {
  const line = tooLarge(file, limits.bytes);
  if (line) complain(line);
  return !line;
}

function value(name) {
  return element('photo-panel').elements[name]?.value;
}

function settings() {
  rows();
  hush();
  renew(REST_MS);
}

function rows() {
  const kind = value('behind');
  element('photo-colour-row').hidden = kind !== 'colour';
  element('photo-strength-row').hidden = kind !== 'blur';
  element('photo-strength-shown').textContent = element('photo-strength').value;
  element('own-row').hidden = kind !== 'own';
}

// What is shown is not what is chosen any more: whatever is under way ends here, and there is nothing to download until the
// picture of this choice is there.
function renew(rest) {
  clearTimeout(timer);
  running.abort();
  running = new AbortController();
  element('download').removeAttribute('href');
  element('download').setAttribute('aria-disabled', 'true');
  element('after').classList.add('stale');
  if (!picture) return;
  if (value('behind') === 'own' && !behind) {
    note('Choose the picture for the background.');
    return;
  }
  note('Cutting out …', true);
  timer = setTimeout(cut, rest);
}

// After each wait the choice may be another: what was asked for under an older one is dropped there.
async function cut() {
  const {signal} = running;
  const kind = value('behind');
  const words = {transparent: 'transparent', colour: element('photo-colour').value, blur: 'blur', own: 'transparent'};
  const crop = element('crop').checked;
  const query = new URLSearchParams({model: value('model'), background: words[kind], crop});
  if (kind === 'blur') query.set('blur_px', element('photo-strength').value);
  const send = () => blob(`/api/cutout?${query}`, {
    method: 'POST', body: form({image: picture, background: kind === 'own' && behind}), signal,
  });
  try {
    const made = await patient(send, signal);
    signal.throwIfAborted();
    const image = await decoded(made);
    if (signal.aborted) {
      URL.revokeObjectURL(image.src);
      return;
    }
    image.classList.toggle('checker', kind === 'transparent');
    image.classList.toggle('cropped', crop);
    swap('after', image);
    offerDownload();
    note('');
  } catch (problem) {
    if (signal.aborted) return;
    note('');
    clear('after');
    complain(problem);
  }
}

// The picture as it came.
async function lay(file) {
  const image = await decoded(file);
  if (file === picture) swap('before', image);
  else URL.revokeObjectURL(image.src);
}

// A busy server says when to come again.
async function patient(send, signal) {
  for (let left = TRIES; ; left--) {
    try {
      return await send();
    } catch (problem) {
      signal.throwIfAborted();
      if (problem.status !== 429 || !left) throw problem;
      note(`Others are before you; trying again in ${problem.retryAfter} s …`, true);
      await new Promise(resolve => setTimeout(resolve, problem.retryAfter * 1000));
      signal.throwIfAborted();
    }
  }
}

// An <img> of the file that can be drawn at once; hidden if its kind is one that the server reads and the browser does not.
async function decoded(file) {
  const image = new Image();
  image.src = URL.createObjectURL(file);
  await image.decode().catch(() => { image.hidden = true; });
  return image;
}

function swap(which, image) {
  const old = element(which);
  Object.assign(image, {id: which, alt: old.alt});
  old.replaceWith(image);
  URL.revokeObjectURL(old.src);
  fit();
}

function clear(which) {
  const empty = new Image();
  empty.hidden = true;
  swap(which, empty);
}

// Before and after lie upon each other where both are the whole picture.
function fit() {
  const [before, after] = [element('before'), element('after')];
  const pair = !before.hidden && !after.hidden && !after.classList.contains('cropped') && Math.abs(shape(before) - shape(after)) < 0.01;
  const {classList, style} = element('compare');
  classList.toggle('pair', pair);
  style.setProperty('--ratio', shape(after) || shape(before) || 1);
  slide();
}

function shape(image) {
  return image.naturalWidth / image.naturalHeight;
}

function slide() {
  element('compare').style.setProperty('--at', `${element('slider').value}%`);
}

function offerDownload() {
  const link = element('download');
  link.href = element('after').src;
  link.download = `${picture.name.replace(/\.[^.]*$/, '') || 'picture'}-cutout.png`;
  link.removeAttribute('aria-disabled');
}

function note(text, busy = false) {
  const place = element('photo-note');
  place.hidden = !text;
  place.textContent = text;
  place.classList.toggle('busy', busy);
}
