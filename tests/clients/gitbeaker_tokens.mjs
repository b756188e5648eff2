// @gitbeaker/rest makes and ends tokens of every kind, through the gate, as the administrator.
//
// NARROWGATE_URL and NARROWGATE_TOKEN say where and as whom. Prints one line a step; fails with the first that is wrong.

import assert from 'node:assert/strict';
import { Gitlab } from '@gitbeaker/rest';

const host = process.env.NARROWGATE_URL;
const holder = (token) => new Gitlab({ host, token });
const api = holder(process.env.NARROWGATE_TOKEN);
const future = new Date(Date.now() + 60 * 24 * 3600 * 1000).toISOString().slice(0, 10);

/** Awaits the promise, which must fail with the status. */
async function refused(status, promise) {
  const error = await promise.then(() => assert.fail(`succeeded, expected ${status}`), (reason) => reason);
  assert.equal(error.cause?.response?.status, status, `${error.message} ${error.cause?.description}`);
}

const ids = (tokens) => tokens.map((token) => token.id);

async function personal() {
  const made = await api.PersonalAccessTokens.create(3, 'by node', ['read_api', 'self_rotate'], { expiresAt: future });
  assert.match(made.token, /^ngpat-/);
  assert.deepEqual([made.user_id, made.expires_at, made.granular, made.active], [3, future, false, true]);
  const found = [{ userId: 3 }, { search: 'by node' }, { state: 'active' }, { revoked: false }, { createdAfter: '2020-01-01' }];
  for (const filter of found) {
    assert.ok(ids(await api.PersonalAccessTokens.all(filter)).includes(made.id), JSON.stringify(filter));
  }
  for (const filter of [{ userId: 2 }, { search: 'python' }, { state: 'inactive' }, { createdBefore: '2020-01-01' }]) {
    assert.ok(!ids(await api.PersonalAccessTokens.all(filter)).includes(made.id), JSON.stringify(filter));
  }
  assert.equal((await api.PersonalAccessTokens.show({ tokenId: made.id })).name, 'by node');

  const child = holder(made.token);
  assert.equal((await child.PersonalAccessTokens.show()).id, made.id);
  const itself = await child.PersonalAccessTokens.rotate('self');
  await refused(401, child.Projects.show(20));
  const rotated = await api.PersonalAccessTokens.rotate(itself.id, { expiresAt: future });
  assert.equal(rotated.expires_at, future);
  const last = holder(rotated.token);
  assert.equal((await last.Projects.show(20)).id, 20);
  await last.PersonalAccessTokens.remove();
  await refused(401, last.Projects.show(20));
  assert.equal((await api.PersonalAccessTokens.show({ tokenId: rotated.id })).revoked, true);
}

/** Tokens of a project or group: bots with a role, which reach nothing else. */
async function ofResource(resource, id, kind, inside, outside) {
  const tokens = api[resource];
  const made = await tokens.create(id, `${kind} bot`, ['api'], future, { accessLevel: 30 });
  assert.deepEqual([made.access_level, made.resource_type, made.resource_id], [30, kind, id]);
  assert.ok(ids(await tokens.all(id)).includes(made.id));
  assert.ok(ids(await tokens.all(id, { state: 'active' })).includes(made.id));
  assert.ok(!ids(await tokens.all(id, { state: 'inactive' })).includes(made.id));
  assert.equal((await tokens.show(id, made.id)).name, `${kind} bot`);
  const bot = holder(made.token);
  assert.equal((await bot.PersonalAccessTokens.show()).id, made.id);
  assert.equal((await bot.Projects.show(inside)).id, inside);
  await refused(404, bot.Projects.show(outside));
  await refused(403, bot.ProjectVariables.all(inside));

  const rotated = await tokens.rotate(id, made.id, { expiresAt: future });
  await refused(401, bot.Projects.show(inside));
  const itself = await holder(rotated.token)[resource].rotate(id, 'self');
  assert.equal((await holder(itself.token).Projects.show(inside)).id, inside);
  await tokens.revoke(id, itself.id);
  await refused(401, holder(itself.token).Projects.show(inside));
}

const project = () => ofResource('ProjectAccessTokens', 20, 'project', 20, 22);
const group = () => ofResource('GroupAccessTokens', 11, 'group', 22, 20);

async function impersonation() {
  const tokens = api.UserImpersonationTokens;
  const made = await tokens.create(3, 'support', ['api'], { expiresAt: future });
  assert.equal(made.impersonation, true);
  assert.deepEqual(ids(await tokens.all(3, { state: 'active' })), [made.id]);
  assert.deepEqual(await tokens.all(3, { state: 'inactive' }), []);
  assert.equal((await tokens.show(3, made.id)).name, 'support');
  const asDev = holder(made.token);
  assert.equal((await asDev.Users.showCurrentUser()).username, 'dev');
  await tokens.revoke(3, made.id);
  await refused(401, asDev.Users.showCurrentUser());
}

for (const [name, step] of Object.entries({ personal, project, group, impersonation })) {
  await step();
  console.log(name);
}
console.log('done');
