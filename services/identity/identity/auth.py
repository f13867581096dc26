"""Named permissions of identity and the routes that need none."""

from common.auth import REPLAY_EVENTS, ActorKind, Permission, permission

UNIT_REVIEW = permission("identity.unit.register_review", "审核单位注册资料")
UNIT_READ = permission("identity.unit.read", "查看单位")
UNIT_EDIT = permission("identity.unit.edit", "修改单位资料")
STAFF_MANAGE = permission("identity.staff.manage", "管理工作人员账号")
MEMBER_READ = permission("identity.member.read", "查看会员（隐藏敏感信息）")
MEMBER_REVEAL = permission("identity.member.reveal", "查看会员完整信息")
MEMBER_WRITE = permission("identity.member.write", "办理入会、变更和调动")
ORGANISATION_MANAGE = permission("identity.organisation.manage", "维护机构（区局、办事处、代办处）")
NAMES_LINK = permission("identity.names.link", "关联同步数据中的单位和人员名称")
PRIVACY_MANAGE = permission("identity.privacy.manage", "导出和删除会员个人信息")
TENANT_MANAGE = permission("identity.tenant.manage", "管理工会配置")
BINDING_CONFIRM = permission("identity.binding.confirm", "核实身份后为会员绑定或解绑")
PORTAL_MANAGE = permission("identity.portal.manage", "维护统一身份认证的工号对应关系")
EVENTS_REPLAY = REPLAY_EVENTS

# Everybody holds these for what is their own; they come with the kind of account, not with a role of the pack.
SESSION_OWN = permission("identity.session.own", "管理本人的登录")
UNIT_OWN = permission("identity.unit.own", "办理本单位的登记")
MEMBER_OWN = permission("identity.member.own", "查看本人的会员信息")
COLLEAGUES = permission("identity.colleagues.read", "查看经办同事的姓名")

OWN: dict[ActorKind, frozenset[Permission]] = {
    ActorKind.HANDLER: frozenset({SESSION_OWN, UNIT_OWN}),
    ActorKind.MEMBER: frozenset({SESSION_OWN, MEMBER_OWN}),
    ActorKind.STAFF: frozenset({SESSION_OWN, COLLEAGUES}),
}

PUBLIC_ROUTES: frozenset[tuple[str, str]] = frozenset(
    {
        ("GET", "/.well-known/jwks.json"),
        ("GET", "/tenants"),
        ("GET", "/tenant"),
        ("GET", "/returns/{app}/{tenant}/portal/{code}"),
        ("GET", "/returns/m/{tenant}/bind"),
        ("GET", "/organisation"),
        ("GET", "/privacy-statement"),
        ("POST", "/platform/sessions"),
        ("POST", "/captchas"),
        ("POST", "/verification-codes"),
        ("POST", "/units"),
        ("POST", "/members/register"),
        ("POST", "/bindings"),
        ("POST", "/bindings/recover"),
        # The sandbox answers in local runs only.
        ("GET", "/sandbox/verifications"),
        ("POST", "/sandbox/handovers"),
        ("PUT", "/sandbox/verifications"),
        ("GET", "/sandbox/portals/{tenant}/{code}/people"),
        ("POST", "/sandbox/portals/{tenant}/{code}/logins"),
        ("GET", "/sandbox/portals/{tenant}/{code}/login"),
        ("GET", "/sandbox/portals/{tenant}/{code}/p3/serviceValidate"),
        ("GET", "/sandbox/portals/{tenant}/{code}/.well-known/openid-configuration"),
        ("GET", "/sandbox/portals/{tenant}/{code}/jwks"),
        ("GET", "/sandbox/portals/{tenant}/{code}/authorize"),
        ("POST", "/sandbox/portals/{tenant}/{code}/token"),
        # The token of the device that began it opens a binding.
        ("GET", "/bindings/{binding_id}"),
        ("POST", "/bindings/{binding_id}/face"),
        ("POST", "/bindings/{binding_id}/face/outcome"),
        ("POST", "/bindings/{binding_id}/bank-card"),
        ("POST", "/bindings/{binding_id}/sign-in"),
        ("POST", "/sessions/handler"),
        ("POST", "/sessions/member"),
        ("POST", "/sessions/staff"),
        ("POST", "/sessions/staff/code"),
        ("POST", "/sessions/refresh"),
        ("GET", "/entrances"),
        ("POST", "/portals/{code}/start"),
        ("POST", "/portals/{code}/finish"),
        ("POST", "/sessions/hosts/{code}"),
        ("POST", "/sessions/wechat"),
        ("POST", "/staff-invitations/open"),
        ("POST", "/staff-invitations/accept"),
        ("POST", "/staff-password-resets"),
        ("POST", "/staff-password-resets/finish"),
    }
)
