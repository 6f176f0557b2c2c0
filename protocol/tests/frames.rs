//! Frames against the bytes of stock clients.

use protocol::document::Access;
use protocol::frame::{ClientFrame, ClientMessage, ServerMessage, read_client_frame, write_server_frame};
use protocol::lib0::{Fault, Reader, Writer};
use serde_json::{Value, json};

fn vectors() -> Value {
    serde_json::from_str(include_str!("../vectors/frames.json")).expect("frames.json")
}

fn bytes(vector: &Value) -> Vec<u8> {
    hex::decode(vector["hex"].as_str().expect("hex")).expect("hex")
}

fn spelled(frame: &ClientFrame<'_>) -> Value {
    let ClientFrame::Document { name, message } = frame else {
        return json!({ "frame": if *frame == ClientFrame::Ping { "ping" } else { "pong" } });
    };
    let message = match message {
        ClientMessage::Auth { token, version } => json!({ "auth": { "token": token, "version": version } }),
        ClientMessage::Step1(bytes) => json!({ "step1": hex::encode(bytes) }),
        ClientMessage::Step2(bytes) => json!({ "step2": hex::encode(bytes) }),
        ClientMessage::Update(bytes) => json!({ "update": hex::encode(bytes) }),
        ClientMessage::Awareness(bytes) => json!({ "awareness": hex::encode(bytes) }),
        ClientMessage::QueryAwareness => json!("query awareness"),
        ClientMessage::Close => json!("close"),
        ClientMessage::Stateless => json!("stateless"),
        ClientMessage::Pong => json!("pong"),
    };
    json!({ "document": name, "message": message })
}

#[test]
fn frame1_frames_of_stock_providers_are_read_as_they_mean() {
    let vectors = vectors();
    let client = vectors["client"].as_array().expect("client");
    for vector in client {
        let bytes = bytes(vector);
        let frame = read_client_frame(&bytes).unwrap_or_else(|error| panic!("{}: {error}", vector["name"]));
        let mut expected = vector.clone();
        for key in ["name", "hex"] {
            expected.as_object_mut().expect("a vector").remove(key);
        }
        assert_eq!(spelled(&frame), expected, "{}", vector["name"]);
    }
    assert!(client.len() > 20);
}

#[test]
fn frame1_frames_for_stock_providers_are_written_as_they_read_them() {
    let vectors = vectors();
    let name = vectors["document"].as_str().expect("a name");
    for vector in vectors["server"].as_array().expect("server") {
        let (kind, value) =
            vector["message"].as_object().and_then(|message| message.iter().next()).expect("one message");
        let text = value.as_str().unwrap_or_default();
        let body = hex::decode(text).unwrap_or_default();
        let message = match kind.as_str() {
            "authenticated" if text == "write" => ServerMessage::Authenticated(Access::Write),
            "authenticated" => ServerMessage::Authenticated(Access::Read),
            "denied" => ServerMessage::Denied(text),
            "step1" => ServerMessage::Step1(&body),
            "step2" => ServerMessage::Step2(&body),
            "update" => ServerMessage::Update(&body),
            "awareness" => ServerMessage::Awareness(&body),
            "status" => ServerMessage::SyncStatus(value.as_bool().expect("a bool")),
            "close" => ServerMessage::Close(text),
            other => panic!("{other}"),
        };
        assert_eq!(hex::encode(write_server_frame(name, &message)), vector["hex"], "{}", vector["name"]);
    }
}

#[test]
fn frame1_anything_else_is_refused_and_says_where() {
    for vector in vectors()["refused"].as_array().expect("refused") {
        let error = read_client_frame(&bytes(vector)).expect_err(vector["name"].as_str().expect("a name"));
        let fault = match error.fault {
            Fault::Short => "short",
            Fault::TooBig => "too big",
            Fault::Overlong => "overlong",
            Fault::NotText => "not text",
            Fault::Count(_) => "count",
            Fault::Unknown(_) => "unknown",
            Fault::Trailing(_) => "trailing",
        };
        assert_eq!(
            json!([error.field, fault]),
            json!([vector["field"], vector["fault"]]),
            "{}",
            vector["name"]
        );
    }
}

#[test]
fn frame1_every_frame_cut_short_is_refused() {
    for vector in vectors()["client"].as_array().expect("client") {
        let bytes = bytes(vector);
        for end in 0..bytes.len() {
            let cut = read_client_frame(&bytes[..end]);
            // An Auth frame of version 4 without its version is one of version 3.
            let older = matches!(
                cut,
                Ok(ClientFrame::Document { message: ClientMessage::Auth { version: None, .. }, .. })
            );
            assert!(cut.is_err() || older, "{} cut at {end}", vector["name"]);
        }
    }
}

#[test]
fn scan1_a_number_has_one_spelling() {
    for number in [0, 1, 63, 64, 127, 128, 300, 1 << 20, (1 << 53) - 1] {
        let mut writer = Writer::default();
        writer.number(number);
        writer.signed(number as i64);
        writer.signed(-(number as i64));
        let bytes = writer.finish();
        let mut reader = Reader::new(&bytes);
        assert_eq!(reader.number("n"), Ok(number));
        assert_eq!(reader.signed("n"), Ok(number as i64));
        assert_eq!(reader.signed("n"), Ok(-(number as i64)));
        assert_eq!(reader.end("end"), Ok(()));
    }
    for (bytes, fault) in [
        (&[0x80, 0x00][..], Fault::Overlong),
        (&[0xff, 0x80, 0x00], Fault::Overlong),
        (&[0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x10], Fault::TooBig),
        (&[0x80; 12], Fault::TooBig),
        (&[0x80], Fault::Short),
        (&[], Fault::Short),
    ] {
        assert_eq!(Reader::new(bytes).number("n").map_err(|error| error.fault), Err(fault), "{bytes:x?}");
        if !bytes.starts_with(&[0xff, 0xff]) {
            assert_eq!(Reader::new(bytes).signed("n").map_err(|error| error.fault), Err(fault), "{bytes:x?}");
        }
    }
    assert_eq!(Reader::new(&[0xff; 9]).signed("n").map_err(|error| error.fault), Err(Fault::TooBig));
}
