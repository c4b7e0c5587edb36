package customchannel_test

import (
	"errors"
	"fmt"

	"github.com/bonychat/puente/pkg/customchannel"
)

// A gateway takes a message from the platform and posts a receipt for it.
func Example() {
	send, err := customchannel.DecodeSend([]byte(`{"contactId": "+34600111222", "message": {"type": "text", "text": "hola"}}`))
	if err == nil {
		err = customchannel.Phone.Check(send.ContactID)
	}
	if err != nil {
		fmt.Println(string(customchannel.EncodeRefusal(err.Error())))
		return
	}
	answer, _ := customchannel.EncodeAccepted("m-1")
	fmt.Println(string(answer))

	receipt, _ := customchannel.EncodePost(&customchannel.Post{
		ChannelID: "k7m2q9x4t8w1zb",
		ContactID: send.ContactID,
		Events: []customchannel.Event{{
			Type:      customchannel.EventStatus,
			MID:       "m-1",
			Timestamp: 1718000000123,
			Status:    &customchannel.Status{Value: customchannel.StatusDelivered},
		}},
	}, customchannel.Phone)
	fmt.Println(string(receipt))
	// Output:
	// {"mId":"m-1"}
	// {"channelId":"k7m2q9x4t8w1zb","contactId":"+34600111222","events":[{"type":"message_status","mId":"m-1","timestamp":1718000000123,"status":{"value":"delivered"}}]}
}

// All mistakes come at once, each with its field and its limit.
func ExampleProblems() {
	_, err := customchannel.DecodeSend([]byte(`{"message": {"type": "quick_reply", "title": null, "replies": [{"title": "Yes"}]}}`))
	var problems customchannel.Problems
	if errors.As(err, &problems) {
		for _, p := range problems {
			fmt.Println(p)
		}
	}
	// Output:
	// message.title: must be a string, not null
	// message.replies[0]: must be a string, not an object
	// contactId: is required, 1 to 50 characters
}
