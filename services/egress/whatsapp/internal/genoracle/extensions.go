package main

import "maps"

// extended is a schema with what Meta documents and the description of November 2025 lacks:
//
//   - biz_opaque_callback_data, at most 512 characters, which comes back in statuses:
//     https://developers.facebook.com/docs/whatsapp/business-platform/changelog
//   - recipient, a user id in place of a number, or beside it:
//     https://developers.facebook.com/documentation/business-messaging/whatsapp/business-scoped-user-ids
//   - a file's caption and name, which the description forgets and its own samples have:
//     https://developers.facebook.com/documentation/business-messaging/whatsapp/messages/document-messages
//   - a list's body, which may be as long as a text; that of buttons and the rest has 1024 characters:
//     https://developers.facebook.com/documentation/business-messaging/whatsapp/messages/interactive-list-messages
func extended(name string, s object) object {
	switch name {
	case "BaseMessageProperties":
		s = maps.Clone(s)
		properties := maps.Clone(dig(s, "properties"))
		properties["biz_opaque_callback_data"] = object{"type": "string", "maxLength": 512}
		properties["recipient"] = object{"type": "string", "pattern": `^[A-Z]{2}\.(ENT\.)?[A-Za-z0-9]{1,128}$`}
		s["properties"] = properties
		s["required"] = []any{"messaging_product", "recipient_type", "type"}
		s["anyOf"] = []any{object{"required": []any{"to"}}, object{"required": []any{"recipient"}}}
	case "InteractiveObject":
		s = maps.Clone(s)
		properties := maps.Clone(dig(s, "properties"))
		others := object{"properties": object{"body": properties["body"]}}
		lists := object{"properties": object{"type": object{"enum": []any{"list"}}}}
		properties["body"] = object{
			"type": "object", "required": []any{"text"}, "properties": object{"text": object{"type": "string", "maxLength": 4096}},
		}
		s["properties"], s["anyOf"] = properties, []any{lists, others}
	case "MediaObject":
		var either []any
		for _, one := range list(s["oneOf"]) {
			one := maps.Clone(one.(object))
			properties := maps.Clone(dig(one, "properties"))
			properties["caption"] = object{"type": "string", "maxLength": 1024}
			properties["filename"] = object{"type": "string"}
			one["properties"], one["additionalProperties"] = properties, false
			either = append(either, one)
		}
		s = object{"type": "object", "oneOf": either}
	}
	return s
}
