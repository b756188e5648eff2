'use strict';
(async () => {
  const token = document.getElementById('token');
  const main = document.getElementById('operations');
  const template = document.getElementById('operation');
  const description = await (await fetch('openapi.json')).json();

  const resolve = (schema) => {
    if (!schema || !schema.$ref) return schema || {};
    return schema.$ref.split('/').slice(1).reduce((at, key) => at[key], description);
  };

  // A body to begin with, made of the schema.
  const example = (given, depth = 0) => {
    const schema = resolve(given);
    const variants = schema.oneOf || schema.anyOf;
    if (variants) return example(variants.find((one) => one.type !== 'null'), depth);
    const type = [].concat(schema.type || []).find((name) => name !== 'null');
    if (schema.enum) return schema.enum[0];
    if (type === 'array') return depth > 3 ? [] : [example(schema.items, depth + 1)];
    if (type === 'object') {
      return Object.fromEntries(Object.entries(schema.properties || {}).map(([name, of]) => [name, example(of, depth + 1)]));
    }
    return { string: '', integer: schema.minimum || 0, number: 0, boolean: false }[type] ?? null;
  };

  const field = (name, about, input) => {
    const label = document.createElement('label');
    const small = document.createElement('small');
    small.textContent = about || '';
    label.append(name, input, small);
    return label;
  };

  const build = (method, path, operation) => {
    const node = template.content.cloneNode(true);
    const find = (selector) => node.querySelector(selector);
    find('.method').textContent = method.toUpperCase();
    find('.path').textContent = path;
    find('.summary').textContent = operation.summary || '';
    find('.about').textContent = operation.description || '';
    const inputs = (operation.parameters || []).map((parameter) => {
      const input = document.createElement('input');
      input.required = Boolean(parameter.required);
      find('.fields').append(field(parameter.name, parameter.description, input));
      return [parameter, input];
    });
    let body = null;
    if (operation.requestBody) {
      body = document.createElement('textarea');
      body.value = JSON.stringify(example(operation.requestBody.content['application/json'].schema), null, 2);
      find('.fields').append(field('body', 'JSON; leave out what is not wanted', body));
    }
    const output = find('output');
    find('form').addEventListener('submit', async (event) => {
      event.preventDefault();
      const query = new URLSearchParams();
      let url = path;
      for (const [parameter, input] of inputs) {
        if (parameter.in === 'path') url = url.replace(`{${parameter.name}}`, encodeURIComponent(input.value));
        else if (input.value) query.set(parameter.name, input.value);
      }
      const headers = {};
      if (token.value) headers['PRIVATE-TOKEN'] = token.value;
      if (body) headers['Content-Type'] = 'application/json';
      const shown = document.createElement('pre');
      output.replaceChildren(shown);
      try {
        const target = query.size ? `${url}?${query}` : url;
        const answer = await fetch(target, { method: method.toUpperCase(), headers, body: body && body.value, credentials: 'omit' });
        const text = await answer.text();
        let readable = text;
        try { readable = JSON.stringify(JSON.parse(text), null, 2); } catch { /* not JSON */ }
        shown.textContent = `${answer.status} ${answer.statusText}\n\n${readable}`;
      } catch (error) {
        shown.textContent = String(error);
      }
    });
    return node;
  };

  const groups = new Map();
  for (const [path, item] of Object.entries(description.paths)) {
    for (const [method, operation] of Object.entries(item)) {
      if (!['get', 'put', 'post', 'patch', 'delete'].includes(method)) continue;
      const tag = (operation.tags || ['other'])[0];
      if (!groups.has(tag)) groups.set(tag, []);
      groups.get(tag).push(build(method, path, operation));
    }
  }
  main.replaceChildren();
  for (const [tag, nodes] of groups) {
    const title = document.createElement('h2');
    title.textContent = tag;
    main.append(title, ...nodes);
  }
})().catch((error) => { document.getElementById('operations').textContent = `The description cannot be read: ${error}`; });
