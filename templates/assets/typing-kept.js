// Sheets that are not stored yet: what is being typed, what waits for the network, what was refused. They stand in this
// browser, encrypted (keep.js), for each account apart, so that a closed browser loses none. They are erased once the service
// has a sheet, at log-out, and after 7 days.

const most = 300;
const days = 24 * 60 * 60 * 1000;
const lifetime = 7 * days;
// The service knows a sheet again by its key for two days (it keeps keys no longer). Later a sheet of which nobody knows
// whether it arrived must not be sent on its own: it might be stored twice.
const knownAgain = 1.5 * days;

const nameOf = (account) => "typing:" + account;
const lockOf = (key) => "sheet:" + key;

// exists tells, without making one, whether an account has anything in this browser.
export async function exists(account) {
  if (!window.indexedDB?.databases) return Boolean(window.indexedDB);
  return (await indexedDB.databases()).some((db) => db.name === nameOf(account));
}

// open returns the sheets of an account, or null where the browser keeps nothing.
export async function open(address, account) {
  try {
    const { keep } = await import(address);
    return new Kept(await keep(nameOf(account), most));
  } catch {
    return null;
  }
}

// inDoubt tells of a sheet that was sent so long ago, without an answer, that it must not be sent by itself.
export const inDoubt = (sheet) => sheet.tried !== undefined && Date.now() - sheet.tried > knownAgain;

class Kept {
  #queue;
  #places = new Map(); // of keys
  #last = Promise.resolve(true); // writes come one after another
  #writing = 0;
  #next = null; // what is typed, to be written once the write before is done
  #held = new Map(); // keys of the sheets on this screen, with what lets them go

  constructor(queue) {
    this.#queue = queue;
  }

  // all returns the sheets, oldest first.
  async all() {
    await this.#last;
    return this.#read();
  }

  // #read drops what is too old or can't be read any more.
  async #read() {
    const found = [];
    for (let one = await this.#queue.first(); one !== null; one = await this.#queue.first(one.place)) {
      if (one.value === null || Date.now() - one.value.at > lifetime) {
        await this.#queue.remove(one.place);
        continue;
      }
      this.#places.set(one.value.key, one.place);
      found.push(one.value);
    }
    return found;
  }

  // put writes a sheet in its place, and tells whether it is kept.
  put(sheet) {
    this.#next = null; // an earlier state of what is typed
    return this.#write(() => this.#put({ ...sheet, at: Date.now() }));
  }

  // draft writes what is being typed. Of several states the last one is enough.
  draft(sheet) {
    const waits = this.#next !== null;
    this.#next = sheet;
    if (waits) return this.#last;
    return this.#write(async () => {
      if (this.#next === null) return true;
      const latest = this.#next;
      this.#next = null;
      return this.#put({ ...latest, at: Date.now() });
    });
  }

  remove(key) {
    this.#next = null;
    return this.#write(async () => {
      const place = this.#places.get(key);
      this.#places.delete(key);
      if (place !== undefined) await this.#queue.remove(place);
      return true;
    });
  }

  forget() {
    this.#next = null;
    return this.#write(() => this.#queue.forget());
  }

  async #put(sheet) {
    if (this.#places.has(sheet.key)) {
      await this.#queue.change(this.#places.get(sheet.key), sheet);
      return true;
    }
    const room = await this.#queue.add(sheet);
    await this.#read(); // tells its place
    return room;
  }

  #write(what) {
    this.#writing++;
    this.#last = this.#last.then(what).catch(() => false).finally(() => this.#writing--);
    return this.#last;
  }

  // idle tells that all is written.
  get idle() {
    return this.#writing === 0;
  }

  // hold takes a sheet for this window, until it is let go or the window is closed, and tells whether no other has it: two
  // windows with one sheet would send two under one key.
  async hold(key) {
    if (this.#held.has(key)) return true;
    if (!navigator.locks) this.#held.set(key, () => {});
    if (!navigator.locks) return true;
    return new Promise((taken) => {
      navigator.locks.request(lockOf(key), { ifAvailable: true }, (lock) => {
        taken(lock !== null);
        return lock && new Promise((release) => this.#held.set(key, release));
      });
    });
  }

  letGo(key) {
    this.#held.get(key)?.();
    this.#held.delete(key);
  }

  // free returns the sheets that no other window holds.
  async free(sheets) {
    if (!navigator.locks) return sheets;
    const { held } = await navigator.locks.query();
    const taken = new Set(held.map((lock) => lock.name));
    return sheets.filter((sheet) => this.#held.has(sheet.key) || !taken.has(lockOf(sheet.key)));
  }

  // loose tells that a sheet is still kept and stands on no screen of this window.
  loose(sheet) {
    return this.#places.has(sheet.key) && !this.#held.has(sheet.key);
  }

  // alone runs what no two windows may do at once; if one is at it already, it returns null.
  async alone(what) {
    if (!navigator.locks) return what();
    return navigator.locks.request("sheets", { ifAvailable: true }, (lock) => lock && what());
  }
}
