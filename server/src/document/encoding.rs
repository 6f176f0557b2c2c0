//! How a document is written as bytes: version 1 of Yjs, with the entries of every plain object in the order of their
//! keys. yrs holds them in a map that draws an order each time, so that the same document had other bytes in each
//! process (SPEC DOC8).

use std::collections::BTreeMap;
use yrs::{
    Any, ClientID, ID, ReadTxn, StateVector, TransactionMut,
    encoding::write::Write,
    updates::encoder::{Encoder, EncoderV1},
};

/// What lies before an array and an object (lib0).
const ARRAY: u8 = 117;
const OBJECT: u8 = 118;

/// What somebody with this state vector lacks.
pub(super) fn diff(txn: &impl ReadTxn, has: &StateVector) -> Vec<u8> {
    let mut bytes = InOrder(EncoderV1::new());
    txn.encode_diff(has, &mut bytes);
    bytes.to_vec()
}

/// What was done in a transaction.
pub(super) fn update(txn: &TransactionMut<'_>) -> Vec<u8> {
    let mut bytes = InOrder(EncoderV1::new());
    txn.encode_update(&mut bytes);
    bytes.to_vec()
}

/// Writes as yrs does, but for plain values.
struct InOrder(EncoderV1);

impl Encoder for InOrder {
    /// Its depth is what the server wrote or the scanner passed, so recursion is bounded.
    fn write_any(&mut self, any: &Any) {
        match any {
            Any::Array(values) => {
                self.write_u8(ARRAY);
                self.write_var(values.len() as u64);
                values.iter().for_each(|value| self.write_any(value));
            }
            Any::Map(entries) => {
                self.write_u8(OBJECT);
                self.write_var(entries.len() as u64);
                for (key, value) in entries.iter().collect::<BTreeMap<_, _>>() {
                    self.write_string(key);
                    self.write_any(value);
                }
            }
            plain => self.0.write_any(plain),
        }
    }

    fn to_vec(self) -> Vec<u8> {
        self.0.to_vec()
    }
    fn reset_ds_cur_val(&mut self) {
        self.0.reset_ds_cur_val();
    }
    fn write_ds_clock(&mut self, clock: u32) {
        self.0.write_ds_clock(clock);
    }
    fn write_ds_len(&mut self, len: u32) {
        self.0.write_ds_len(len);
    }
    fn write_left_id(&mut self, id: &ID) {
        self.0.write_left_id(id);
    }
    fn write_right_id(&mut self, id: &ID) {
        self.0.write_right_id(id);
    }
    fn write_client(&mut self, client: ClientID) {
        self.0.write_client(client);
    }
    fn write_info(&mut self, info: u8) {
        self.0.write_info(info);
    }
    fn write_parent_info(&mut self, is_root: bool) {
        self.0.write_parent_info(is_root);
    }
    fn write_type_ref(&mut self, info: u8) {
        self.0.write_type_ref(info);
    }
    fn write_len(&mut self, len: u32) {
        self.0.write_len(len);
    }
    fn write_json(&mut self, any: &Any) {
        self.0.write_json(any);
    }
    fn write_key(&mut self, key: &str) {
        self.0.write_key(key);
    }
}

impl Write for InOrder {
    fn write_all(&mut self, bytes: &[u8]) {
        self.0.write_all(bytes);
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Document, replica::Replica};
    use protocol::scan::scan_stored;
    use serde_json::{Value, json};
    use std::collections::BTreeMap;

    fn deep() -> Value {
        let values: BTreeMap<String, Value> = (0..40)
            .map(|n| {
                (
                    format!("key {n}"),
                    json!([n, { "a": n, "b": 0.5, "c": { "d": null, "e": true, "f": "words" } }]),
                )
            })
            .collect();
        json!(values)
    }

    fn written() -> (Document, Vec<u8>) {
        let mut document = Document::empty(7);
        let entries = BTreeMap::from([("one".to_owned(), deep()), ("two".to_owned(), deep())]);
        let update =
            document.write_maps(BTreeMap::from([("roll", entries)]), BTreeMap::new).expect("it is new");
        (document, update)
    }

    #[test]
    fn doc8_the_same_document_has_the_same_bytes_however_it_came_about() {
        let (document, update) = written();
        let (other, again) = written();
        assert_eq!((&update, document.state()), (&again, other.state()));
        assert_eq!(document.diff(&[0]).expect("a vector"), document.state());
        let restored = Document::restore(9, [document.state().as_slice()].into_iter()).expect("it reads");
        assert_eq!(restored.state(), document.state());
        // What a client sent is kept as it came, and is in order once the document is written as a whole.
        let sent = Replica::of(&update).state();
        assert_eq!((sent.len(), scan_stored(&sent).is_ok()), (update.len(), true));
        let taken = Document::restore(9, [sent.as_slice()].into_iter()).expect("it reads");
        assert_eq!(taken.state(), document.state());
    }

    #[test]
    fn doc8_what_is_written_in_order_says_the_same() {
        let (document, _) = written();
        let read = json!(Replica::of(&document.state()).values());
        assert_eq!(read["roll"], json!({ "one": deep(), "two": deep() }));
    }
}
