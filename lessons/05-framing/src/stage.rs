//! Two ends of a connection, whose story is told or recorded.
//!
//! Each demo sends and receives through a [`Stage`]. It makes the calls on
//! real sockets and tells each one on stdout, or with `--json` keeps them as
//! data for the book's widget.

use std::fmt::Display;
use std::io::{Read, Write};
use std::net::Shutdown;
use std::thread;
use std::time::Duration;

use narrator::{During, Trouble};
use serde::Serialize;
use socket2::Socket;

/// What a demo is called, and the rule by which its receiver tells messages
/// apart.
#[derive(Serialize)]
pub struct Scene {
    pub demo: &'static str,
    pub title: &'static str,
    pub rule: &'static str,
}

/// One call, in the order in which they happened. Bytes are in hex.
#[derive(Serialize)]
#[serde(untagged)]
enum Step {
    Send {
        who: &'static str,
        call: &'static str,
        bytes: String,
        #[serde(skip_serializing_if = "Option::is_none")]
        message: Option<String>,
    },
    Recv {
        who: &'static str,
        call: &'static str,
        asked: usize,
        bytes: String,
        messages: Vec<String>,
        kept: String,
    },
}

/// All of a run, as the widget takes it.
#[derive(Serialize)]
struct Recording {
    #[serde(flatten)]
    scene: Scene,
    steps: Vec<Step>,
    sent: Vec<String>,
    received: Vec<String>,
}

/// Two connected sockets and the story so far.
pub struct Stage {
    sender: Socket,
    receiver: Socket,
    recording: Recording,
    json: bool,
    /// Bytes sent and not yet received.
    under_way: usize,
}

impl Stage {
    /// Connects two sockets on loopback.
    pub fn open(scene: Scene, json: bool) -> Result<Self, Trouble> {
        let (sender, receiver) = lesson_tcp::pair().during("connect")?;
        let (steps, sent, received) = (Vec::new(), Vec::new(), Vec::new());
        let recording = Recording { scene, steps, sent, received };
        Ok(Stage { sender, receiver, recording, json, under_way: 0 })
    }

    /// Sends the bytes that carry a message, all of them in one `send(2)`.
    pub fn send(&mut self, bytes: &[u8], message: &str) -> Result<(), Trouble> {
        // A send may be short (chapter 04). These bytes fit the buffer.
        self.sender.write_all(bytes).during("send")?;
        self.under_way += bytes.len();
        self.say("sender", "send", counted(bytes));
        self.recording.sent.push(message.to_string());
        self.recording.steps.push(Step::Send {
            who: "sender",
            call: "send",
            bytes: hex(bytes),
            message: Some(message.to_string()),
        });
        Ok(())
    }

    /// The sender waits, and sends nothing: the remedy of the demo `delay`.
    pub fn wait(&mut self, delay: Duration) {
        self.say("sender", "waits", format!("{} ms", delay.as_millis()));
        thread::sleep(delay);
        let (who, call) = ("sender", "wait");
        let (bytes, message) = (String::new(), None);
        self.recording.steps.push(Step::Send { who, call, bytes, message });
    }

    /// The sender has nothing more to send. It closes its direction:
    /// `shutdown(2)`.
    pub fn finish(&self) -> Result<(), Trouble> {
        self.sender.shutdown(Shutdown::Write).during("shutdown")?;
        self.say("sender", "shutdown", "Write");
        Ok(())
    }

    /// Waits in the kernel until all that was sent lies in the receiver's
    /// buffer, and leaves it there: recv(2), MSG_PEEK and MSG_WAITALL.
    pub fn wait_for_all(&self) -> Result<(), Trouble> {
        let count = self.under_way;
        lesson_tcp::arrived(&self.receiver, count).during("peek").map(drop)
    }

    /// Are there bytes that the receiver hasn't got yet?
    pub fn more_to_come(&self) -> bool {
        self.under_way > 0
    }

    /// Receives once, at most `asked` bytes: `recv(2)`.
    pub fn recv(&mut self, asked: usize) -> Result<Vec<u8>, Trouble> {
        let mut buffer = vec![0; asked];
        let count = self.receiver.read(&mut buffer).during("recv")?;
        buffer.truncate(count);
        self.under_way = self.under_way.saturating_sub(count);
        match count {
            0 => self.say("receiver", "recv", " 0 bytes: the end"),
            _ => self.say("receiver", "recv", counted(&buffer)),
        }
        self.recording.steps.push(Step::Recv {
            who: "receiver",
            call: "recv",
            asked,
            bytes: hex(&buffer),
            messages: Vec::new(),
            kept: String::new(),
        });
        Ok(buffer)
    }

    /// The receiver takes these bytes for a message.
    pub fn takes(&mut self, message: &[u8]) {
        self.say("receiver", "message", counted(message));
        let text = String::from_utf8_lossy(message).into_owned();
        if let Some(Step::Recv { messages, .. }) =
            self.recording.steps.last_mut()
        {
            messages.push(text.clone());
        }
        self.recording.received.push(text);
    }

    /// The receiver keeps these bytes until more have come.
    pub fn keeps(&mut self, bytes: &[u8]) {
        if !bytes.is_empty() {
            self.say("receiver", "keeps", counted(bytes));
        }
        if let Some(Step::Recv { kept, .. }) = self.recording.steps.last_mut() {
            *kept = hex(bytes);
        }
    }

    /// Tells a fact of the story that is no call of its own.
    pub fn say(&self, speaker: &str, call: &str, what: impl Display) {
        if !self.json {
            tell(speaker, call, what);
        }
    }

    /// Ends the story: how many messages there were on either side, or the
    /// recording.
    pub fn close(self) -> Result<(), Trouble> {
        if self.json {
            let json = serde_json::to_string_pretty(&self.recording)
                .map_err(std::io::Error::other)
                .during("write JSON")?;
            narrator::line(json);
        } else {
            let Recording { sent, received, .. } = &self.recording;
            let (sent, received) = (sent.len(), received.len());
            let what = format!("{sent} sent, {received} received");
            self.say("messages", "", what);
        }
        Ok(())
    }
}

/// Prints one fact: the speaker, the call, and what came of it.
pub fn tell(speaker: &str, call: &str, what: impl Display) {
    let line = format!("{speaker:<8} {call:<8} {what}");
    narrator::line(line.trim_end());
}

/// Bytes as text in quotes; what isn't text is shown as `\x00`.
pub fn quoted(bytes: &[u8]) -> String {
    let shown = |&byte: &u8| match byte {
        b' '..=b'~' | b'\r' | b'\n' => byte.escape_ascii().to_string(),
        _ => format!("\\x{byte:02x}"),
    };
    format!("\"{}\"", bytes.iter().map(shown).collect::<String>())
}

/// How many bytes, and the first of them.
pub fn shortened(bytes: &[u8]) -> String {
    let count = bytes.len();
    let shown = match bytes.get(..8) {
        Some(head) if count > 32 => format!("{}…", quoted(head)),
        _ => quoted(bytes),
    };
    format!("{count:>4} bytes  {shown}")
}

fn counted(bytes: &[u8]) -> String {
    format!("{:>2} bytes  {}", bytes.len(), quoted(bytes))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
