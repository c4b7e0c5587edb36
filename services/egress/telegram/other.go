package telegram

import (
	"encoding/json"
	"maps"
	"slices"

	"github.com/bonychat/puente/pkg/provider/content"
)

// otherUpdates are the kinds of update that are not read, with the reason they are ignored under.
var otherUpdates = map[string]string{
	"channel_post": ignoredChannel, "edited_channel_post": ignoredChannel,
	"business_connection": "business account", "business_message": "business account",
	"edited_business_message": "business account", "deleted_business_messages": "business account",
	"guest_message": "guest message", "message_reaction": "reaction", "message_reaction_count": "reaction",
	"inline_query": "inline query", "chosen_inline_result": "inline query",
	"shipping_query": "payment", "pre_checkout_query": "payment", "purchased_paid_media": "payment",
	"poll": "poll", "poll_answer": "poll", "chat_member": ignoredMembership, "chat_join_request": ignoredMembership,
	"chat_boost": "boost", "removed_chat_boost": "boost", "managed_bot": "managed bot",
}

// otherUpdate is why an update that is not read is ignored.
func otherUpdate(body []byte) string {
	var kinds map[string]json.RawMessage
	_ = json.Unmarshal(body, &kinds) // it was read before
	for _, kind := range slices.Sorted(maps.Keys(kinds)) {
		if reason, ok := otherUpdates[kind]; ok {
			return reason
		}
	}
	return ignoredUnknown
}

// otherKinds are the messages that have no canonical form, with what the agent reads in their place.
var otherKinds = map[string]string{
	"animation": "[animation]", "audio": "[audio]", "checklist": "[checklist]", "contact": "[contact card]", "dice": "[dice]",
	"document": "[file]", "game": "[game]", "gift": "[gift]", "giveaway": "[giveaway]", "giveaway_winners": "[giveaway]",
	"invoice": "[invoice]", "live_photo": "[photo]", "paid_media": "[paid media]", "passport_data": "[passport data]",
	"photo": "[photo]", "poll": "[poll]", "refunded_payment": "[refund]", "rich_message": "[formatted message]",
	"story": "[story]", "successful_payment": "[payment]", "unique_gift": "[gift]", "users_shared": "[shared users]",
	"chat_shared": "[shared chat]", "video": "[video]", "video_note": "[video message]", "voice": "[voice message]",
	"web_app_data": "[form data]",
}

// services are the messages that nobody wrote: Telegram tells of a change.
var services = set("new_chat_members", "left_chat_member", "chat_owner_left", "chat_owner_changed", "new_chat_title",
	"new_chat_photo", "delete_chat_photo", "group_chat_created", "supergroup_chat_created", "channel_chat_created",
	"message_auto_delete_timer_changed", "migrate_to_chat_id", "migrate_from_chat_id", "pinned_message",
	"gift_upgrade_sent", "connected_website", "write_access_allowed", "proximity_alert_triggered", "boost_added",
	"chat_background_set", "checklist_tasks_done", "checklist_tasks_added", "direct_message_price_changed",
	"forum_topic_created", "forum_topic_edited", "forum_topic_closed", "forum_topic_reopened",
	"general_forum_topic_hidden", "general_forum_topic_unhidden", "giveaway_created", "giveaway_completed",
	"managed_bot_created", "paid_message_price_changed", "poll_option_added", "poll_option_deleted",
	"suggested_post_approved", "suggested_post_approval_failed", "suggested_post_declined", "suggested_post_paid",
	"suggested_post_refunded", "video_chat_scheduled", "video_chat_started", "video_chat_ended",
	"video_chat_participants_invited")

// otherMessage is what the agent reads in place of a message without a canonical form, "" for a service message. What
// came with words of its own keeps them.
func otherMessage(body []byte) string {
	var u struct {
		Message       map[string]json.RawMessage `json:"message"`
		EditedMessage map[string]json.RawMessage `json:"edited_message"`
	}
	_ = json.Unmarshal(body, &u) // it was read before
	fields := u.Message
	if fields == nil {
		fields = u.EditedMessage
	}
	var caption string
	_ = json.Unmarshal(fields["caption"], &caption)
	service := false
	for _, field := range slices.Sorted(maps.Keys(fields)) {
		if words, ok := otherKinds[field]; ok {
			return content.JoinNonEmpty("\n", words, caption)
		}
		service = service || services[field]
	}
	if service {
		return ""
	}
	return content.JoinNonEmpty("\n", "[message of an unknown kind]", caption)
}

func set(names ...string) map[string]bool {
	m := make(map[string]bool, len(names))
	for _, n := range names {
		m[n] = true
	}
	return m
}
