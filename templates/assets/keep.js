// Answers kept in this browser until they can be sent: a queue in IndexedDB, encrypted. The key is made here, can't be taken
// out of the browser (extractable: false) and goes with the queue, so that a copy of the disk's files is of no use without it.
// Who uses it imports it by the address that the page gives: const { keep } = await import(form.dataset.keep).

// keep opens the queue of a name, which holds so many values at most. It throws where a browser keeps nothing (a private
// window, no secure context): the caller then goes on without.
export async function keep(name, most) {
  const db = await opened(name);
  const secret = await secretOf(db);
  return {
    // add keeps a value that JSON can write, and tells whether there was room.
    async add(value) {
      const iv = crypto.getRandomValues(new Uint8Array(12));
      const data = await crypto.subtle.encrypt({ name: "AES-GCM", iv }, secret, new TextEncoder().encode(JSON.stringify(value)));
      const tx = db.transaction("kept", "readwrite", { durability: "strict" });
      const store = tx.objectStore("kept");
      if (await done(store.count()) >= most) return false;
      store.add({ iv, data });
      await committed(tx);
      return true;
    },
    // first returns the oldest value behind a place as { place, value }, or null. value is null if it can't be read any more.
    async first(after = 0) {
      const found = await done(db.transaction("kept").objectStore("kept").openCursor(IDBKeyRange.lowerBound(after, true)));
      if (found === null) return null;
      const { iv, data } = found.value;
      const plain = await crypto.subtle.decrypt({ name: "AES-GCM", iv }, secret, data).catch(() => null);
      return { place: found.key, value: plain && JSON.parse(new TextDecoder().decode(plain)) };
    },
    // change puts another value in a place, if that is still taken.
    async change(place, value) {
      const iv = crypto.getRandomValues(new Uint8Array(12));
      const data = await crypto.subtle.encrypt({ name: "AES-GCM", iv }, secret, new TextEncoder().encode(JSON.stringify(value)));
      const tx = db.transaction("kept", "readwrite", { durability: "strict" });
      const store = tx.objectStore("kept");
      if (await done(store.getKey(place)) !== undefined) store.put({ iv, data }, place);
      await committed(tx);
    },
    async remove(place) {
      const tx = db.transaction("kept", "readwrite", { durability: "strict" });
      tx.objectStore("kept").delete(place);
      await committed(tx);
    },
    count: () => done(db.transaction("kept").objectStore("kept").count()),
    // forget erases all, and the key with it, as soon as whatever is still going on here has ended.
    async forget() {
      db.close();
      await done(indexedDB.deleteDatabase(name), false);
    },
  };
}

function opened(name) {
  const request = indexedDB.open(name, 1);
  request.onupgradeneeded = () => {
    request.result.createObjectStore("kept", { autoIncrement: true });
    request.result.createObjectStore("secret");
  };
  return done(request).then((db) => {
    db.onversionchange = () => db.close(); // another window forgets all
    return db;
  });
}

// secretOf returns the key of the queue. Of two windows that make one at once, the first one's stays.
async function secretOf(db) {
  const read = () => done(db.transaction("secret").objectStore("secret").get("aes"));
  const known = await read();
  if (known) return known;
  const made = await crypto.subtle.generateKey({ name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]);
  const tx = db.transaction("secret", "readwrite");
  const store = tx.objectStore("secret");
  if (await done(store.getKey("aes")) === undefined) store.put(made, "aes");
  await committed(tx);
  return read();
}

function done(request, hurried = true) {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
    if (hurried) request.onblocked = () => reject(new Error("blocked"));
  });
}

// committed waits until what was changed is on the disk.
function committed(tx) {
  return new Promise((resolve, reject) => {
    tx.oncomplete = () => resolve();
    tx.onerror = tx.onabort = () => reject(tx.error);
  });
}
