package slack

import (
	"encoding/json"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"
)

// The three characters that have a meaning of their own: https://docs.slack.dev/messaging/formatting-message-text#escaping
var (
	escaper   = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;")
	unescaper = strings.NewReplacer("&amp;", "&", "&lt;", "<", "&gt;", ">")
)

// escape is a text as Slack wants it, so that none of it is taken for a link or a mention.
func escape(text string) string { return escaper.Replace(text) }

// mark is what stands between angle brackets: a link, a person, a channel, or a command.
var mark = regexp.MustCompile(`<([^<>]*)>`)

// readable is a message's text as people read it: https://docs.slack.dev/messaging/formatting-message-text#retrieving-messages
func readable(text string) string {
	var b strings.Builder
	for {
		at := mark.FindStringSubmatchIndex(text)
		if at == nil {
			b.WriteString(unescaper.Replace(text))
			return b.String()
		}
		b.WriteString(unescaper.Replace(text[:at[0]]))
		b.WriteString(unescaper.Replace(shown(text[at[2]:at[3]])))
		text = text[at[1]:]
	}
}

// shown is what the apps show of a mark.
func shown(inside string) string {
	target, label, _ := strings.Cut(inside, "|")
	switch {
	case strings.HasPrefix(target, "@"), strings.HasPrefix(target, "#"):
		if label == "" {
			return target
		}
		return target[:1] + strings.TrimLeft(label, "@#")
	case strings.HasPrefix(target, "!"):
		if label != "" {
			return label
		}
		name, _, _ := strings.Cut(target[1:], "^")
		return "@" + name
	case label == "", label == target, "http://"+label == target, "https://"+label == target:
		return target
	case "mailto:"+label == target, strings.HasPrefix(target, "tel:"):
		return label
	default:
		return label + " (" + target + ")"
	}
}

// element is a part of a rich text: https://docs.slack.dev/reference/block-kit/blocks/rich-text-block
type element struct {
	Type     string    `json:"type"`
	Name     string    `json:"name"`
	Unicode  string    `json:"unicode"`
	SkinTone int       `json:"skin_tone"`
	Elements []element `json:"elements"`
}

// emojis are the pairs of a name, as it stands in the text, and the emoji that the blocks have for it. Blocks of another form
// have none.
func emojis(blocks json.RawMessage) []string {
	var all []element
	if len(blocks) == 0 || json.Unmarshal(blocks, &all) != nil {
		return nil
	}
	var pairs []string
	var walk func([]element)
	walk = func(list []element) {
		for _, e := range list {
			if e.Type == "emoji" {
				if drawn := drawn(e.Unicode); drawn != "" && e.Name != "" {
					name := ":" + e.Name + ":"
					if e.SkinTone > 0 {
						name += ":skin-tone-" + strconv.Itoa(e.SkinTone) + ":"
					}
					pairs = append(pairs, name, drawn)
				}
			}
			walk(e.Elements)
		}
	}
	walk(all)
	return pairs
}

// drawn makes an emoji of its code points, "1f44b-1f3fd"; "" of what are none.
func drawn(points string) string {
	var b strings.Builder
	for one := range strings.SplitSeq(points, "-") {
		n, err := strconv.ParseUint(one, 16, 32)
		if err != nil || !utf8.ValidRune(rune(n)) || n < ' ' {
			return ""
		}
		b.WriteRune(rune(n))
	}
	return b.String()
}
