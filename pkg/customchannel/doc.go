// Package customchannel is the wire contract between the platform and a
// custom-channel gateway: types, strict decoding, and encoding that cannot
// produce an invalid body, for both directions.
//
// There are three bodies. A [Post] goes from the gateway to the platform's
// webhook (messages, echoes, receipts). A [Send] goes from the platform to
// POST /message on the gateway. An [Answer] is what that call is answered with.
// HTTP, tokens and size limits of a body are the caller's job, and so is
// anything that needs memory of earlier calls, such as an mId used before.
//
//	send, err := customchannel.DecodeSend(body)
//	if err != nil {
//		w.WriteHeader(http.StatusBadRequest)
//		w.Write(customchannel.EncodeRefusal(err.Error()))
//	}
//
// # Decoding
//
// A decoder looks at every known field and returns all mistakes at once, as
// [Problems]: each names the field and the limit, none holds a value, so the
// text may be logged and may be shown to an agent.
//
//   - Unknown fields are ignored, whatever they hold. Names are compared
//     exactly, so "contactID" is unknown. A message's fields are those of its
//     type, an event's those of its type: text on a location is unknown too.
//   - A known field has the documented JSON type; null is never one of them.
//   - A known field given more than once is refused, since two readers could
//     take different ones.
//   - The body is one JSON value with nothing after it, valid UTF-8, and nested
//     at most [MaxDepth] deep. Half a surrogate pair (\ud800) is refused.
//   - A number counts by its value and not by its form, read as a float64 the
//     way JavaScript reads it: 1718000000123, 1718000000123.0 and
//     1.718000000123e12 are one timestamp, 1718000000123.5 is none. A number too
//     large for a float64 is out of range.
//   - Lengths are counted in UTF-16 code units, the stricter reading of
//     "characters": an emoji is two or more.
//
// # Encoding
//
// An encoder repairs what can be repaired without changing what a person wrote:
// a contact is made to fit ([Contact.Fit]), a description of something else than
// an image is dropped, a timestamp in seconds becomes milliseconds, and what is
// empty is left out. It refuses the rest with [Problems] and never changes its
// argument. What it returns, the decoder accepts.
package customchannel
