// Session descriptions: what a stranger wrote as a small model, what both sides agree on, and the text that says so. Without a leg, a
// network or a clock: text and values in, text and values out.
//
// In reading order:
//   SessionDescription         an SDP (RFC 8866) as a small model with limits; NegotiationError says why one is refused, and in which line
//   SessionDescriptionParser   from text to the model; unknown lines and attributes are passed over
//   Negotiation                settings in, agreed media slots out
//   AnswerWriter               an offer and the node's settings make an answer (JSEP's shape, ICE-lite)
//   OfferWriter                a client's offer, and what an answer to it agrees on
//   SDPText                    the lines that offers and answers share
//
// May import Basics. `Peer` makes legs of what is agreed here; a protocol that carries SDP in another way needs no leg for it.
