//! What the frame explorer may ask: questions about a frame whose answer is
//! one field.
//!
//! A field that isn't listed is asked for by its name.

/// A field's id, and a question that no other field of its frame answers.
const QUESTIONS: &[(&str, &str)] = &[
    ("ethernet.destination", "Which bytes say who should take the frame?"),
    ("ethernet.source", "Which bytes say which interface sent the frame?"),
    ("ethernet.type", "Which bytes say what the frame carries?"),
    ("arp.hardware_length", "Which bytes say how long a MAC address is?"),
    ("arp.protocol_length", "Which bytes say how long an IP address is?"),
    (
        "arp.operation",
        "Which bytes say whether this is a question or an answer?",
    ),
    ("ipv4.version_ihl", "Which bytes say how long the IPv4 header is?"),
    ("ipv4.total_length", "Which bytes say how long the IPv4 packet is?"),
    (
        "ipv4.identification",
        "Which bytes tell a receiver which fragments belong together?",
    ),
    ("ipv4.flags_offset", "Which bytes say whether the packet may be cut up?"),
    ("ipv4.ttl", "From which bytes does every router take one off?"),
    ("ipv4.protocol", "Which bytes say what the IPv4 packet carries?"),
    (
        "ipv4.checksum",
        "Which bytes guard the IPv4 header against flipped bits?",
    ),
    ("ipv4.source", "Which bytes say which host sent the packet?"),
    ("ipv4.destination", "Which bytes do routers read to choose the way?"),
    ("tcp.source_port", "Which bytes say from which port this comes?"),
    ("tcp.destination_port", "Which bytes say to which port this goes?"),
    (
        "tcp.sequence",
        "Which bytes say where in the stream this segment begins?",
    ),
    (
        "tcp.acknowledgment",
        "Which bytes say which byte the sender waits for next?",
    ),
    ("tcp.offset_flags", "Which bytes say how long the TCP header is?"),
    ("tcp.window", "Which bytes say how much more the sender can take?"),
    ("tcp.checksum", "Which bytes guard the TCP segment against flipped bits?"),
    (
        "tcp.option.mss",
        "Which bytes say how large a segment the sender can take?",
    ),
    (
        "tcp.option.window_scale",
        "Which bytes say by how much to multiply each later window?",
    ),
    (
        "tcp.option.sack_permitted",
        "Which bytes allow the other end to tell about gaps?",
    ),
    ("http.method", "Which bytes say what the server should do?"),
    ("http.target", "Which bytes say what is wanted?"),
    ("http.status", "Which bytes tell a program how the request went?"),
    ("http.reason", "Which bytes tell a person how the request went?"),
    ("http.blank", "Which bytes end the headers?"),
    ("http.body", "Which bytes were asked for?"),
];

/// The question whose answer is the field of this id, if there is one.
pub fn about(id: &str) -> Option<&'static str> {
    QUESTIONS.iter().find(|(of, _)| *of == id).map(|(_, asked)| *asked)
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use lesson_osi_layers::frame::catalogue;

    use super::*;

    #[test]
    fn every_question_is_about_a_field_of_its_own() {
        let known: HashSet<_> = catalogue().map(|entry| entry.id).collect();
        let mut fields = HashSet::new();
        let mut questions = HashSet::new();

        for (id, question) in QUESTIONS {
            assert!(known.contains(id), "there is no field {id}");
            assert!(fields.insert(id), "{id} is asked for twice");
            assert!(questions.insert(question), "{question} is asked twice");
        }
    }
}
