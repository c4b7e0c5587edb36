package customchannel

// Send is the body of POST /message: the platform hands a message to the gateway.
// The contract has no message id, no timestamp and no idempotency key.
type Send struct {
	ChannelID string  `json:"channelId,omitempty"` // may be missing: the bearer token then names the channel
	ContactID string  `json:"contactId"`           // 1 to MaxContactID
	Message   Message `json:"message"`
}

// DecodeSend returns the body, or all its mistakes as Problems. It does not look
// at the shape of contactId, since the ID type is known only with the channel:
// call IDType.Check after.
func DecodeSend(body []byte) (*Send, error) {
	var r report
	o, ok := readBody(body, &r)
	if !ok {
		return nil, r.err()
	}
	s := Send{ChannelID: o.filled("channelId"), ContactID: o.text("contactId")}
	var m *Message
	if raw, ok := o.object("message"); ok {
		m = readMessage(raw)
	}
	r.send(&s, m)
	if err := r.err(); err != nil {
		return nil, err
	}
	s.Message = *m
	return &s, nil
}

// EncodeSend returns the body of a call, or Problems where DecodeSend would refuse
// it. A nil argument is an empty one.
func EncodeSend(s *Send) ([]byte, error) {
	if s == nil {
		s = new(Send)
	}
	fitted := *s
	fitted.Message = *s.Message.fit()
	var r report
	r.send(&fitted, &fitted.Message)
	if err := r.err(); err != nil {
		return nil, err
	}
	return marshal(fitted)
}

// send checks a body whose message may be missing, which the struct cannot say.
func (r *report) send(s *Send, m *Message) {
	r.unbounded("channelId", s.ChannelID, false)
	r.text("contactId", s.ContactID, true, MaxContactID)
	r.message("message", m)
}
