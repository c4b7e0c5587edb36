package line

import "encoding/json"

// The parts of https://developers.line.biz/en/reference/messaging-api/#webhook-event-objects that are read.

// call is one call. Its events are read one by one, so that one that cannot be read costs no other.
type call struct {
	Destination string             `json:"destination"`
	Events      *[]json.RawMessage `json:"events"`
}

type event struct {
	Type       string    `json:"type"`
	ID         string    `json:"webhookEventId"`
	Timestamp  int64     `json:"timestamp"` // ms; also of an event that comes again, when it happened
	Source     source    `json:"source"`
	ReplyToken string    `json:"replyToken"`
	Message    *message  `json:"message"`
	Postback   *postback `json:"postback"`
	Unsend     *struct {
		MessageID string `json:"messageId"`
	} `json:"unsend"`
}

type source struct {
	Type   string `json:"type"`
	UserID string `json:"userId"`
}

type message struct {
	Type     string   `json:"type"`
	ID       string   `json:"id"`
	Text     string   `json:"text"`
	Keywords []string `json:"keywords"` // of a sticker
	Provider struct {
		Type string `json:"type"`
		URL  string `json:"originalContentUrl"`
	} `json:"contentProvider"`
	FileName  string   `json:"fileName"`
	FileSize  int64    `json:"fileSize"`
	Title     string   `json:"title"`
	Address   string   `json:"address"`
	Latitude  *float64 `json:"latitude"`
	Longitude *float64 `json:"longitude"`
	Quoted    string   `json:"quotedMessageId"`
}

type postback struct {
	Data   string            `json:"data"`
	Params map[string]string `json:"params"`
	// DisplayText is what the button wrote into the chat.
	DisplayText string `json:"displayText"`
}
