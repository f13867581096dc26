"""What notify refuses."""

from common.errors import Conflict, DomainError, NotPermitted
from common.text import Text


class ChannelNotSandbox(RuntimeError):
    """The settings name a channel that this build does not have, or the sandbox outside a local run."""


class WholeUnionOnly(NotPermitted):
    """Content is the whole union's: staff of one branch cannot change it."""

    code = "content.whole_union_only"
    text = Text(
        "内容由全市统一发布，只有全市范围的工作人员可以修改；如需发布请联系市级管理员。",
        "Content is the whole union's. Only staff for the whole union may change it; ask the union's administrator.",
    )


class ArticleBlank(DomainError):
    """Nothing is left of a text after cleaning."""

    code = "content.body_blank"
    text = Text(
        "正文没有可显示的内容（脚本、样式和外部图片会被去除），请填写文字或上传图片。",
        "The text shows nothing: scripts, styles and foreign pictures are removed. Write something.",
    )


class ArticleLive(Conflict):
    """Readers may have seen it."""

    code = "content.was_published"
    text = Text("已发布过的内容不能删除，请改为撤下。", "What was once published is withdrawn, not deleted.")


class ArticleWithdrawn(Conflict):
    """Only what is published can be withdrawn."""

    code = "content.not_published"
    text = Text(
        "只有已发布或定时发布的内容可以撤下。", "Only what is published or scheduled can be withdrawn."
    )


class NothingToPublish(Conflict):
    """The latest text is the one that is shown."""

    code = "content.nothing_new"
    text = Text("最新内容已经发布，没有新的修改。", "The latest text is published already.")


class ProductNotInPack(DomainError):
    """An introduction of a product that the union does not offer."""

    code = "content.product_unknown"
    text = Text("本工会没有项目 {product}。", "This union has no product {product}.")


class PictureNotFound(DomainError):
    """A cover that was not uploaded here."""

    code = "content.picture_unknown"
    text = Text("封面图片不存在，请先上传。", "There is no such picture. Upload it first.")


class OrderIncomplete(DomainError):
    """An order that names something else than articles of the kind."""

    code = "content.order_wrong"
    text = Text(
        "排序里有不属于这一类的内容或重复项，请刷新列表后再排序。",
        "The order names something of another kind, or something twice. Reload the list and sort again.",
    )


class NotAPicture(DomainError):
    """An upload that is no picture this platform shows."""

    code = "picture.not_a_picture"
    text = Text(
        "文件不是可以显示的图片，请上传 JPG、PNG、WebP 或 GIF。",
        "The file is no picture that can be shown. Upload JPG, PNG, WebP or GIF.",
    )


class PictureTooBig(DomainError):
    """A picture of more points than anybody looks at."""

    code = "picture.too_many_pixels"
    text = Text(
        "图片尺寸太大（超过 {most} 万像素），请缩小后再上传。",
        "The picture has too many pixels (above {most}0,000). Make it smaller, then upload.",
    )


class WebhookScope(NotPermitted):
    """A webhook is registered for one's own unit, or by the union's staff."""

    code = "webhook.scope"
    text = Text(
        "只能为本单位登记接收地址；城市平台的地址由全市范围的工作人员登记。",
        "Register webhooks for your own unit; those of a city platform are registered by staff for the whole union.",
    )


class AddressNotAllowed(DomainError):
    """An address that must not or cannot be called."""

    code = "webhook.address_not_allowed"
    text = Text(
        "接收地址不可用（{fault}）：须为公网的 https 地址，不能含用户名、内网地址或 443 以外的低位端口。",
        "The address cannot be used ({fault}): it must be https on the public internet, without a user name.",
    )


class AddressHostInvalid(DomainError):
    """A host that cannot be looked up as it is written."""

    code = "webhook.host_invalid"
    text = Text(
        "接收地址中的主机名“{host}”无效：各段不能为空、不能超过 63 个字符，只能用字母、数字、连字符或中文，"
        "且不能以连字符开头或结尾。请核对后重新填写。",
        'The host "{host}" of the address is not valid: no part may be empty, longer than 63 characters, or begin or '
        "end with a hyphen; letters, digits and hyphens only. Check it and write it again.",
    )


class EventTypeUnknown(DomainError):
    """An event that is not in the catalogue."""

    code = "webhook.event_unknown"
    text = Text(
        "没有事件 {type}，请从事件目录中选择。", "There is no event {type}. Choose from the catalogue."
    )


class TooManyEndpoints(Conflict):
    """Nobody needs so many."""

    code = "webhook.too_many"
    text = Text("最多登记 {most} 个接收地址，请先删除不用的。", "At most {most} endpoints. Remove one first.")


class EndpointKnown(Conflict):
    """The same address a second time: every event would come twice."""

    code = "webhook.already_registered"
    text = Text(
        "这个地址已登记为“{description}”，请直接修改它要接收的事件，不必重复登记。",
        'This address is registered already as "{description}". Change the events of that one instead.',
    )


class EndpointNotActive(Conflict):
    """Nothing is sent to an endpoint that is paused or disabled."""

    code = "webhook.not_active"
    text = Text("接收地址已暂停或停用，请先恢复。", "The endpoint is paused or disabled. Resume it first.")


class AudienceOutOfReach(NotPermitted):
    """A branch writes to its own people only."""

    code = "bulk.out_of_reach"
    text = Text(
        "只能向本机构范围内的人员群发，请选择本机构或下级的路径。",
        "Staff of a branch write to their own branch only. Choose its path or one below it.",
    )


class AudienceEmpty(DomainError):
    """Nobody would be told."""

    code = "bulk.nobody"
    text = Text("没有符合条件的接收人，请调整范围。", "The audience is empty. Change its rule.")


class VariableUnknown(DomainError):
    """A text with a variable that nobody fills."""

    code = "template.variable_unknown"
    text = Text("没有变量 {names}，可用：{known}。", "There is no variable {names}; there are: {known}.")


class ChannelNotOffered(DomainError):
    """The pack has no template for this channel."""

    code = "bulk.channel_not_offered"
    text = Text(
        "本工会没有为 {channel} 渠道设置群发模板，请换一个渠道。",
        "This union has no template for bulk messages by {channel}. Choose another channel.",
    )


class BraceAlone(DomainError):
    """A text with a brace that is no variable's."""

    code = "template.brace_alone"
    text = Text(
        "大括号只能用来写变量，且要成对，例如 {known}；请补全或删去多余的大括号。",
        "Braces are for variables only and come in pairs, such as {known}. Close the brace or remove it.",
    )


class AudienceUnknown(DomainError):
    """An audience that names a branch or a unit that there is not; `errors` name each."""

    code = "bulk.audience_unknown"
    text = Text(
        "接收范围中有不存在的机构或单位，请按提示修改。",
        "The audience names a branch or a unit that does not exist. Correct it as shown.",
    )


class BulkSent(Conflict):
    """All of its messages have left."""

    code = "bulk.sent"
    text = Text(
        "这次群发已全部发出，不能再停止。",
        "Every message of this bulk message has left; there is nothing to stop.",
    )


class BulkEnded(Conflict):
    """It was stopped already."""

    code = "bulk.stopped"
    text = Text("这次群发已经停止。", "This bulk message has been stopped already.")
