//! Broadcast: one datagram for every host.
