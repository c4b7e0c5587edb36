package customchannel

// EventType says what an Event reports.
type EventType string

// The types of an event.
const (
	EventMessage EventType = "message"        // from the contact
	EventEcho    EventType = "message_echo"   // to the contact, sent outside the platform
	EventStatus  EventType = "message_status" // a receipt for what the platform sent
)

// StatusValue is how far a message has come: sent < delivered < read, or failed.
type StatusValue string

// The values of a receipt. Sending them in order is the caller's job.
const (
	StatusSent      StatusValue = "sent"
	StatusDelivered StatusValue = "delivered"
	StatusRead      StatusValue = "read"
	StatusFailed    StatusValue = "failed"
)

// Post is the body of a call to the platform's webhook.
type Post struct {
	ChannelID string   `json:"channelId"`
	ContactID string   `json:"contactId"`         // by the channel's ID type, at most MaxContactID
	Events    []Event  `json:"events"`            // one or more
	Contact   *Contact `json:"contact,omitempty"` // used when the platform creates the contact
}

// Event is one message, echo or receipt.
type Event struct {
	Type EventType `json:"type"`
	// MID is 1 to MaxMID long and unique among messages and echoes. A receipt's is
	// the one that POST /message was answered with, so several may share it.
	MID       string   `json:"mId"`
	Timestamp int64    `json:"timestamp"`         // UNIX time in milliseconds
	Message   *Message `json:"message,omitempty"` // of a message or an echo
	Status    *Status  `json:"status,omitempty"`  // of a receipt
}

// Status is what a receipt says.
type Status struct {
	Value   StatusValue `json:"value"`
	Message string      `json:"message,omitempty"` // why it failed, for the agent
}

// DecodePost returns the body, or all its mistakes as Problems. A contact without
// any known field is the same as none.
func DecodePost(body []byte, idType IDType) (*Post, error) {
	var r report
	o, ok := readBody(body, &r)
	if !ok {
		return nil, r.err()
	}
	p := &Post{ChannelID: o.text("channelId"), ContactID: o.text("contactId")}
	for i, raw := range o.array("events") {
		if r.full() {
			break
		}
		p.Events = append(p.Events, readEvent(index("events", i), raw, &r))
	}
	if raw, ok := o.object("contact"); ok {
		p.Contact = readContact(raw)
	}
	r.post(p, idType)
	if err := r.err(); err != nil {
		return nil, err
	}
	return p, nil
}

// EncodePost returns the body of a call, or Problems where it cannot be made
// valid. It repairs as the package comment says, on a copy. A nil argument is an
// empty one.
func EncodePost(p *Post, idType IDType) ([]byte, error) {
	if p == nil {
		p = new(Post)
	}
	fitted := *p
	fitted.Events = make([]Event, len(p.Events))
	for i, e := range p.Events {
		e.Message = e.Message.fit()
		if e.Timestamp >= minSeconds && e.Timestamp <= maxSeconds {
			e.Timestamp *= 1000
		}
		fitted.Events[i] = e
	}
	fitted.Contact = p.Contact.fitOrNil()
	var r report
	r.post(&fitted, idType)
	if err := r.err(); err != nil {
		return nil, err
	}
	return marshal(fitted)
}

// readEvent reads the fields that belong to the event's type.
func readEvent(path string, raw []byte, r *report) Event {
	o, ok := readObject(path, raw, r)
	if !ok {
		return Event{}
	}
	e := Event{Type: EventType(o.text("type")), MID: o.text("mId"), Timestamp: o.millis("timestamp")}
	switch e.Type {
	case EventMessage, EventEcho:
		if m, ok := o.object("message"); ok {
			e.Message = readMessage(m)
		}
	case EventStatus:
		if s, ok := o.object("status"); ok {
			e.Status = &Status{Value: StatusValue(s.text("value")), Message: s.text("message")}
		}
	}
	return e
}

func (r *report) post(p *Post, idType IDType) {
	r.unbounded("channelId", p.ChannelID, true)
	r.contactID(p.ContactID, idType)
	if len(p.Events) == 0 {
		r.add("events", RuleRequired, limitEventList, "")
	}
	first := make(map[string]string, len(p.Events)) // path of each message's mId
	for i, e := range p.Events {
		if r.full() {
			break
		}
		path := index("events", i)
		r.event(path, e)
		if e.Type == EventStatus || e.MID == "" {
			continue
		}
		if other, ok := first[e.MID]; ok {
			r.add(path+".mId", RuleUnique, "", other)
		} else {
			first[e.MID] = path + ".mId"
		}
	}
	if p.Contact != nil {
		r.contact("contact", p.Contact)
	}
}

func (r *report) event(path string, e Event) {
	r.text(path+".mId", e.MID, true, MaxMID)
	if e.Timestamp < minMillis || e.Timestamp > maxMillis {
		r.add(path+".timestamp", RuleFormat, limitMillis, "")
	}
	if !oneOf(r, path+".type", e.Type, limitEvents) {
		return
	}
	switch e.Type {
	case EventMessage, EventEcho:
		r.message(path+".message", e.Message)
		r.foreign(path+".status", e.Status != nil, limitReceipts)
	case EventStatus:
		r.status(path+".status", e.Status)
		r.foreign(path+".message", e.Message != nil, limitEither)
	}
}

func (r *report) status(path string, s *Status) {
	if s == nil {
		r.add(path, RuleRequired, "an object", "")
		return
	}
	oneOf(r, path+".value", s.Value, limitStatuses)
	r.unbounded(path+".message", s.Message, false)
}
