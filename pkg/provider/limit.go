package provider

// Page is the https address of the vendor's page that a statement was taken from. Where a network says that it can do
// something, the page is how it says so: "" stands for "no".
type Page string

// Limit is how much one message may hold of something, and the vendor's page that gives the number. The zero value sets no
// limit; what that means for each limit stands with the field.
type Limit struct {
	// Max is the most, in Unit.
	Max int `json:"max"`
	// Unit is what is counted: the zero value is [UTF16] for words. It stays empty where things are counted, as buttons are.
	Unit Unit `json:"unit,omitempty"`
	// Page is required with Max.
	Page Page `json:"page,omitempty"`
}

// Unit is what a network counts text in.
type Unit string

// The units of text.
const (
	UTF16 Unit = "utf16" // UTF-16 code units; the zero value counts so too
	Bytes Unit = "bytes" // bytes of UTF-8
	// GSM7 counts septets of the GSM 03.38 alphabet, two for a character of its extension table. A part with any other
	// character is counted in UTF-16 units against what as many SMS hold of them: 70 for 160 septets, and of a longer
	// limit, which is a multiple of 153, 67 for each 153. Each part of a longer text has the alphabet that it needs.
	GSM7 Unit = "gsm7"
)
