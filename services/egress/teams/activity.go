package teams

import "encoding/json"

// activity is as much as is read of one: https://learn.microsoft.com/en-us/azure/bot-service/rest-api/bot-framework-rest-connector-api-reference#activity-object
type activity struct {
	Type         string       `json:"type"`
	ID           string       `json:"id"`
	At           string       `json:"timestamp"`
	Channel      string       `json:"channelId"`
	ServiceURL   string       `json:"serviceUrl"`
	From         person       `json:"from"`
	Conversation conversation `json:"conversation"`
	Text         string       `json:"text"`
	Locale       string       `json:"locale"`
	Attachments  []attachment `json:"attachments"`
	Entities     []entity     `json:"entities"`
	ChannelData  struct {
		Event string `json:"eventType"`
	} `json:"channelData"`
	Value json.RawMessage `json:"value"`
}

type person struct {
	ID   string `json:"id"`
	Name string `json:"name,omitempty"`
}

type conversation struct {
	ID    string `json:"id"`
	Type  string `json:"conversationType"`
	Group bool   `json:"isGroup"`
}

// attachment is https://learn.microsoft.com/en-us/microsoftteams/platform/bots/how-to/bots-filesv4#receive-files-in-personal-chat
type attachment struct {
	Type string `json:"contentType"`
	URL  string `json:"contentUrl"`
	Name string `json:"name"`
	// Content is an object of a file, and a text of what Teams shows of a message.
	Content json.RawMessage `json:"content"`
}

// file is the content of a file's attachment.
type file struct {
	DownloadURL string `json:"downloadUrl"`
	Type        string `json:"fileType"`
}

type entity struct {
	Type    string `json:"type"`
	Country string `json:"country"`
}

// Types of attachments.
const (
	typeFile = "application/vnd.microsoft.teams.file.download.info"
	typeHero = "application/vnd.microsoft.card.hero"
)

// shown are attachments that say again what the text says.
var shown = map[string]bool{"text/html": true}
