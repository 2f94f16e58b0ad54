// Draws the API's description.

const make = (tag, text, ...children) => {
  const made = document.createElement(tag);
  made.textContent = text;
  made.append(...children);
  return made;
};

const table = (...rows) => make('table', '', ...rows.map(cells => make('tr', '', ...cells.map((cell, place) => make(place ? 'td' : 'th', cell)))));

const allowed = schema => [
  schema.enum?.join(', ') || schema.pattern || schema.type || '',
  schema.minimum === undefined ? '' : `${schema.minimum} to ${schema.maximum}`,
  schema.default === undefined ? '' : `(${schema.default})`,
].filter(Boolean).join(' ');

function resolved(schema, description) {
  const name = schema?.$ref?.split('/').pop();
  return name ? description.components.schemas[name] : schema;
}

function operation(method, path, about, description) {
  const part = make('section', '', make('h2', `${method.toUpperCase()} ${path}`), make('p', `${about.summary}.`));
  if (about.parameters)
    part.append(make('h3', 'Query'), table(...about.parameters.map(each => [each.name, allowed(each.schema), each.description])));
  for (const [kind, {schema}] of Object.entries(about.requestBody?.content || {})) {
    const {properties, required = []} = resolved(schema, description);
    const rows = Object.entries(properties).map(([name, field]) =>
      [name, field.format === 'binary' ? 'file' : allowed(field), `${field.description}${required.includes(name) ? ' Required.' : ''}`]);
    part.append(make('h3', kind), table(...rows));
  }
  part.append(make('h3', 'Answers'), table(...Object.entries(about.responses).map(([status, answer]) =>
    [status, Object.keys(answer.content).join(', '), answer.description])));
  return part;
}

const description = await (await fetch('/openapi.json')).json();
document.getElementById('example').textContent =
  `curl -F image=@photo.jpg "${location.origin}/api/cutout?background=blur" -o cutout.png`;
document.getElementById('operations').append(...Object.entries(description.paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, about]) => operation(method, path, about, description))));
