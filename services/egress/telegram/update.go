package telegram

// The parts of https://core.telegram.org/bots/api#update that are read. Ids have up to 52 bits.

type update struct {
	ID            *int64         `json:"update_id"`
	Message       *message       `json:"message"`
	EditedMessage *message       `json:"edited_message"`
	CallbackQuery *callbackQuery `json:"callback_query"`
	MyChatMember  *chatMember    `json:"my_chat_member"`
}

type user struct {
	ID           int64  `json:"id"`
	FirstName    string `json:"first_name"`
	LastName     string `json:"last_name"`
	LanguageCode string `json:"language_code"`
}

type chat struct {
	ID        int64  `json:"id"`
	Type      string `json:"type"`
	FirstName string `json:"first_name"`
	LastName  string `json:"last_name"`
}

type callbackQuery struct {
	ID      string `json:"id"`
	From    *user  `json:"from"`
	Message *struct {
		Chat chat `json:"chat"`
	} `json:"message"`
	Data string `json:"data"`
}

type chatMember struct {
	Chat chat `json:"chat"`
	New  struct {
		Status string `json:"status"`
	} `json:"new_chat_member"`
}

type message struct {
	ID       int64 `json:"message_id"`
	From     *user `json:"from"`
	Chat     chat  `json:"chat"`
	Date     int64 `json:"date"`
	EditDate int64 `json:"edit_date"`
	// Topic is that of a private chat with topics, 0 for none: https://core.telegram.org/bots/api#message
	Topic   int64 `json:"message_thread_id"`
	InTopic bool  `json:"is_topic_message"`

	Forwarded *origin    `json:"forward_origin"`
	ReplyTo   *repliedTo `json:"reply_to_message"`
	External  *struct {
		Origin origin `json:"origin"`
	} `json:"external_reply"`
	Quote *struct {
		Text string `json:"text"`
	} `json:"quote"`

	Text       string      `json:"text"`
	Entities   []entity    `json:"entities"`
	Caption    string      `json:"caption"`
	CaptionIn  []entity    `json:"caption_entities"`
	Animation  *file       `json:"animation"`
	Audio      *file       `json:"audio"`
	Document   *file       `json:"document"`
	Photo      []file      `json:"photo"`
	Sticker    *sticker    `json:"sticker"`
	Video      *file       `json:"video"`
	VideoNote  *file       `json:"video_note"`
	Voice      *file       `json:"voice"`
	Contact    *card       `json:"contact"`
	Venue      *venue      `json:"venue"`
	Location   *location   `json:"location"`
	WebAppData *webAppData `json:"web_app_data"`
	Poll       *poll       `json:"poll"`
	Checklist  *checklist  `json:"checklist"`
}

// repliedTo is the message that another answers.
type repliedTo struct {
	Text    string `json:"text"`
	Caption string `json:"caption"`
}

// file is any of the objects that name a file.
type file struct {
	ID     string `json:"file_id"`
	Name   string `json:"file_name"`
	Type   string `json:"mime_type"`
	Size   int64  `json:"file_size"`
	Width  int64  `json:"width"`
	Height int64  `json:"height"`
}

type sticker struct {
	file
	Emoji     string `json:"emoji"`
	Animated  bool   `json:"is_animated"`
	Video     bool   `json:"is_video"`
	Thumbnail *file  `json:"thumbnail"`
}

type card struct {
	Phone     string `json:"phone_number"`
	FirstName string `json:"first_name"`
	LastName  string `json:"last_name"`
	VCard     string `json:"vcard"` // at most 2,048 bytes
}

type poll struct {
	Question string `json:"question"`
	Options  []struct {
		Text string `json:"text"`
	} `json:"options"`
}

type checklist struct {
	Title string `json:"title"`
	Tasks []struct {
		Text string `json:"text"`
		Done int64  `json:"completion_date"` // 0 for a task that is open
	} `json:"tasks"`
}

type location struct {
	Latitude  float64 `json:"latitude"`
	Longitude float64 `json:"longitude"`
}

type venue struct {
	Location location `json:"location"`
	Title    string   `json:"title"`
	Address  string   `json:"address"`
}

type webAppData struct {
	Data   string `json:"data"`
	Button string `json:"button_text"`
}
