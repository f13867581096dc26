// The kinds of document that say who somebody is, in the order in which they are offered.
export const DOCUMENT_KINDS = ['resident_id', 'passport', 'hmt_residence_permit', 'hk_macau_permit', 'taiwan_permit', 'foreign_permanent_resident'] as const
