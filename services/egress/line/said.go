package line

import "github.com/bonychat/puente/pkg/reason"

// said is all that LINE's code may say of a message, a file or a set-up.
var said reason.Table

// Every reason, with whose fault it is.
var (
	noAnswer = said.New("no_answer", reason.Network,
		"LINE did not answer",
		"LINE no ha respondido")
	outOfOrder = said.New("out_of_order", reason.Network,
		"LINE is out of order",
		"LINE no funciona en este momento")
	notLINE = said.New("stranger", reason.Network,
		"something other than LINE answers",
		"responde algo que no es LINE")
	unknownContact = said.New("unknown_contact", reason.Contact,
		"LINE knows no such contact: the id is wrong, or another provider's",
		"LINE no conoce a este contacto: el identificador es incorrecto o de otro proveedor")
	tokenRefused = said.New("token_refused", reason.Setup,
		"LINE refuses the channel access token",
		"LINE rechaza el token de acceso del canal")
	replyTokenOver = said.New("reply_token_over", reason.Network,
		"LINE no longer takes the reply token",
		"LINE ya no acepta el token de respuesta")
	notAllowed = said.New("not_allowed", reason.Setup,
		"LINE does not let this account do that: its plan or its rights do not include it",
		"LINE no permite eso a esta cuenta: su plan o sus permisos no lo incluyen")
	noAPI = said.New("no_api", reason.Setup,
		"what answers at the api address is no Messaging API",
		"lo que responde en la dirección de api no es la Messaging API")
	messageTooLarge = said.New("message_too_large", reason.Agent,
		"the message is larger than LINE takes",
		"el mensaje es más grande de lo que admite LINE")
	monthUsedUp = said.New("month_used_up", reason.Setup,
		"the account's messages of this month are used up; a larger plan allows more",
		"la cuenta ha agotado los mensajes de este mes; un plan mayor permite más")
	refusedMessage = said.New("refused", reason.Network,
		"LINE refused the message ({status})",
		"LINE ha rechazado el mensaje ({status})")
	webhookAddress = said.New("webhook_address", reason.Setup,
		"LINE does not take the webhook's address: public_url must be https and public, the address at most 500 characters",
		"LINE no acepta la dirección del webhook: public_url debe ser https y pública, y la dirección tener como mucho 500 caracteres")
	badReplies = said.New("bad_replies", reason.Agent,
		"LINE does not take the quick replies",
		"LINE no acepta las respuestas rápidas")
	badFileAddress = said.New("bad_file_address", reason.Agent,
		"LINE does not take the file's address",
		"LINE no acepta la dirección del archivo")
	badPreview = said.New("bad_preview", reason.Puente,
		"LINE does not take the address of the file's preview",
		"LINE no acepta la dirección de la vista previa del archivo")
	badDuration = said.New("bad_duration", reason.Puente,
		"LINE does not take the recording's length",
		"LINE no acepta la duración de la grabación")
	badText = said.New("bad_text", reason.Agent,
		"LINE does not take the text",
		"LINE no acepta el texto")
	badPlace = said.New("bad_place", reason.Agent,
		"LINE does not take the place",
		"LINE no acepta la ubicación")
	notHandedOut = said.New("file_unavailable", reason.Network,
		"LINE does not hand the file out at the moment",
		"LINE no entrega el archivo en este momento")
	fileGone = said.New("file_gone", reason.Network,
		"LINE no longer has the file",
		"LINE ya no tiene el archivo")
	unknownContent = said.New("unknown_content", reason.Puente,
		"this version cannot send such a message to LINE",
		"esta versión no puede enviar este tipo de mensaje a LINE")
	noFileAddress = said.New("no_file_address", reason.Agent,
		"the attachment has no address",
		"el adjunto no tiene dirección")
	noPreview = said.New("no_preview", reason.Puente,
		"a preview could not be made in time",
		"no se ha podido crear a tiempo una vista previa")
	noUserID = said.New("no_user_id", reason.Agent,
		"a LINE contact is a user id: U and 32 hexadecimal digits",
		"un contacto de LINE es un identificador de usuario: U y 32 dígitos hexadecimales")
	replyNotLookedUp = said.New("reply_not_looked_up", reason.Puente,
		"how the contact can be answered cannot be looked up",
		"no se puede consultar cómo responder al contacto")
	replyNotKept = said.New("reply_not_kept", reason.Puente,
		"how the contact is answered cannot be kept",
		"no se puede guardar cómo se responde al contacto")
	tooManyRequests = said.New("too_many_requests", reason.Network,
		"LINE takes no more requests of this account for the moment: it is tried again in {after}",
		"LINE no admite por ahora más peticiones de esta cuenta: se prueba de nuevo en {after}")
	filePrepared = said.New("file_prepared", reason.Network,
		"LINE is still preparing the file: it is asked again in {after}",
		"LINE todavía está preparando el archivo: se pide de nuevo en {after}")
)
