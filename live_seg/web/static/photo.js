// The photo tab: a picture goes to the server, its cut-out comes back and is laid over it.

import {ask, form} from './api.js';

const element = id => document.getElementById(id);
const NAMES = {person: 'Person', pets: 'Pet'};
const TRIES = 3;

let complain = () => {};
let hush = () => {};
let limits = {bytes: Infinity, pixels: Infinity};
let picture = null; // the File
let behind = null; // the File of the user's own background
let running = null; // AbortController of the request that is under way
let timer = 0;
const urls = {};

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
  panel.addEventListener('change', event => { if (event.target.type !== 'file') settings(); });
  element('photo-strength').addEventListener('input', event => {
    element('photo-strength-shown').textContent = event.target.value;
  });
  for (const id of ['photo-file', 'photo-camera']) element(id).addEventListener('change', event => chosen(event, take));
  element('own-file').addEventListener('change', event => chosen(event, own));
  element('another').addEventListener('click', () => element('photo-file').click());
  element('slider').addEventListener('input', slide);
  element('download').addEventListener('click', event => { if (!urls.after) event.preventDefault(); });
}

export function take(file) {
  if (!fits(file)) return;
  picture = file;
  clear('after');
  show('before', file);
  element('drop').hidden = true;
  element('another').hidden = false;
  element('compare').hidden = false;
  element('compare').classList.add('single');
  element('after').hidden = true;
  cut();
}

export function download() {
  if (urls.after) element('download').click();
}

function chosen(event, use) {
  const [file] = event.target.files;
  event.target.value = '';
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
  if (file.size <= limits.bytes) return true;
  const size = Math.round(file.size / 1e6);
  complain(`${file.name} has ${size} MB; at most ${Math.round(limits.bytes / 1e6)} MB are taken.`);
  return false;
}

function value(name) {
  return element('photo-panel').elements[name]?.value;
}

function settings() {
  const kind = value('behind');
  element('photo-colour-row').hidden = kind !== 'colour';
  element('photo-strength-row').hidden = kind !== 'blur';
  element('own-row').hidden = kind !== 'own';
  hush();
  clearTimeout(timer);
  timer = setTimeout(cut, 120);
}

async function cut() {
  clearTimeout(timer);
  const kind = value('behind');
  if (!picture || (kind === 'own' && !behind)) return;
  running?.abort();
  const mine = running = new AbortController();
  const words = {transparent: 'transparent', colour: element('photo-colour').value, blur: 'blur', own: 'transparent'};
  const crop = element('crop').checked;
  const query = new URLSearchParams({model: value('model'), background: words[kind], crop});
  if (kind === 'blur') query.set('blur_px', element('photo-strength').value);
  const send = () => ask(`/api/cutout?${query}`, {
    method: 'POST', body: form({image: picture, background: kind === 'own' && behind}), signal: mine.signal,
  });
  note('Cutting out …');
  try {
    const made = await (await patient(send, mine.signal)).blob();
    await show('after', made);
    element('after').classList.toggle('checker', kind === 'transparent');
    fit(crop);
    offerDownload();
    note('');
  } catch (problem) {
    if (problem.name === 'AbortError' || mine !== running) return;
    note('');
    clear('after');
    complain(problem);
  }
}

// A busy server says when to come again.
async function patient(send, signal) {
  for (let left = TRIES; ; left--) {
    try {
      return await send();
    } catch (problem) {
      if (problem.status !== 429 || !left) throw problem;
      note(`Others are before you; trying again in ${problem.retryAfter} s …`);
      await new Promise(resolve => setTimeout(resolve, problem.retryAfter * 1000));
      signal.throwIfAborted();
    }
  }
}

function clear(which) {
  if (urls[which]) URL.revokeObjectURL(urls[which]);
  delete urls[which];
  if (which !== 'after') return;
  element('after').hidden = true;
  element('compare').classList.add('single');
  element('download').removeAttribute('href');
  element('download').setAttribute('aria-disabled', 'true');
}

async function show(which, file) {
  const image = element(which);
  const old = urls[which];
  urls[which] = URL.createObjectURL(file);
  image.hidden = false;
  image.src = urls[which];
  if (old) URL.revokeObjectURL(old);
  try {
    await image.decode();
    ratio(image);
  } catch { // a kind of picture that the server reads and the browser does not
    image.hidden = true;
  }
}

// Before and after lie upon each other where both are the whole picture.
function fit(crop) {
  const [before, after] = [element('before'), element('after')];
  const alike = !before.hidden && !crop && Math.abs(before.naturalWidth / before.naturalHeight - after.naturalWidth / after.naturalHeight) < 0.01;
  element('compare').classList.toggle('single', !alike);
  ratio(after);
  slide();
}

function ratio(image) {
  if (image.naturalHeight) element('compare').style.setProperty('--ratio', image.naturalWidth / image.naturalHeight);
}

function slide() {
  element('compare').style.setProperty('--at', `${element('slider').value}%`);
}

function offerDownload() {
  const link = element('download');
  link.href = urls.after;
  link.download = `${picture.name.replace(/\.[^.]*$/, '') || 'picture'}-cutout.png`;
  link.removeAttribute('aria-disabled');
}

function note(text) {
  const place = element('photo-note');
  place.hidden = !text;
  place.textContent = text;
  place.classList.toggle('busy', Boolean(text));
}
