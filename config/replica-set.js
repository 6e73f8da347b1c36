// For mongosh: makes mongo-1 to mongo-3 a replica set, unless they are one, and waits until one of them is the primary.
const members = ['mongo-1:27017', 'mongo-2:27017', 'mongo-3:27017'].map((host, _id) => ({ _id, host }));

function isReplicaSet() {
  try {
    return rs.status().ok === 1;
  } catch (error) {
    if (error.codeName === 'NotYetInitialized') return false;
    throw error;
  }
}

// A primary that dies is replaced in about 6 s instead of 12.
const settings = { electionTimeoutMillis: 5000 };
if (!isReplicaSet()) rs.initiate({ _id: 'latchkey', members, settings });
for (let wait = 0; wait < 60; wait += 1) {
  if (rs.status().members.some(({ stateStr }) => stateStr === 'PRIMARY')) quit(0);
  sleep(1000);
}
print('There is no primary after 60 s');
quit(1);
