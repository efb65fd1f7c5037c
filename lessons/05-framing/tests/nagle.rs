//! Gluing is not Nagle's doing: tcp(7), TCP_NODELAY.

#[test]
fn messages_are_glued_without_nagles_algorithm_too() {
    let (sender, receiver) = lesson_tcp::pair().unwrap();
    assert!(!sender.tcp_nodelay().unwrap(), "Nagle's algorithm is on at first");
    sender.set_tcp_nodelay(true).unwrap();

    for message in ["hello", "brave new", "world"] {
        sender.send(message.as_bytes()).unwrap();
    }

    // Waits until all have arrived, then takes what one recv gives.
    assert_eq!(lesson_tcp::arrived(&receiver, 19).unwrap(), 19);
    let mut buffer = [0; 1024];
    let count = lesson_tcp::recv(&receiver, &mut buffer).unwrap();
    assert_eq!(&buffer[..count], b"hellobrave newworld");
}
